"""What others published: works, and numbers that stand in them. A number here comes from the work named beside it."""

from app.network.record import record


@record
class Work:
    """A paper, a book or a program."""

    authors: str
    year: str
    title: str
    where: str
    """Journal, number or archive."""
    address: str = ""
    """Where it can be read; empty where it is not free to read."""


def _arxiv(authors: str, year: str, title: str, number: str) -> Work:
    return Work(authors, year, title, f"arXiv {number}", f"https://arxiv.org/abs/{number}")


WORKS = {
    "googlenet": _arxiv("Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke, Rabinovich", "2014",
                        "Going deeper with convolutions", "1409.4842"),
    "batch-norm": _arxiv("Ioffe, Szegedy", "2015", "Batch normalization: accelerating deep network training by "
                         "reducing internal covariate shift", "1502.03167"),
    "rethinking": _arxiv("Szegedy, Vanhoucke, Ioffe, Shlens, Wojna", "2015",
                         "Rethinking the Inception architecture for computer vision", "1512.00567"),
    "dumoulin": _arxiv("Dumoulin, Visin", "2016", "A guide to convolution arithmetic for deep learning", "1603.07285"),
    "nin": _arxiv("Lin, Chen, Yan", "2013", "Network in network", "1312.4400"),
}  # fmt: skip
"""By the name that the program calls them."""
