"""The story of GoogLeNet: texts whose numbers the program fills in, figures that the reader moves."""

from app.render.story import naive, reduction, sizes
from app.render.story.chapter import Chapter

CHAPTERS: tuple[Chapter, ...] = (sizes.CHAPTER, naive.CHAPTER, reduction.CHAPTER)
"""In reading order."""
