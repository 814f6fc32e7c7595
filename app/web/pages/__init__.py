"""The pages: the same addresses without /api/v1, as hypermedia that works without a script; a file for each page."""

from fastapi import APIRouter

from app.web.pages import about, compare, counts, explorer, free_module, lab, layer, learn, module, size, space, take

pages = APIRouter(include_in_schema=False)
for each in (explorer, module, free_module, layer, take, compare, size, lab, counts, learn, space, about):
    pages.include_router(each.router)
