"""The story of GoogLeNet: texts whose numbers the program fills in, figures that the reader moves."""

from app.render.story import after, average, depth, heads, naive, network, reduction, results, scales, sizes
from app.render.story.chapter import Chapter

_ORDER = (scales, depth, sizes, naive, reduction, network, heads, average, results, after)
CHAPTERS: tuple[Chapter, ...] = tuple(each.CHAPTER for each in _ORDER)
"""In reading order."""
