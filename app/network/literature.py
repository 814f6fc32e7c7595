"""What others published: works, and numbers that stand in them. A number here comes from the work named beside it."""

from app.network.record import record


@record
class Work:
    """A paper or a program."""

    authors: str
    year: str
    title: str
    where: str
    """Journal, number or archive."""
    address: str = ""
    """Where it can be read; empty where it is not free to read."""


@record
class Fact:
    """A number as it is printed."""

    text: str
    work: str
    """Among `WORKS`."""
    place: str
    """Where in the work."""

    @property
    def value(self) -> float:
        return float(self.text.replace(",", ""))


def _arxiv(authors: str, year: str, title: str, number: str) -> Work:
    return Work(authors, year, title, f"arXiv {number}", f"https://arxiv.org/abs/{number}")


WORKS = {
    "googlenet": _arxiv("Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke, Rabinovich", "2014",
                        "Going deeper with convolutions", "1409.4842"),
    "hmax": Work("Serre, Wolf, Bileschi, Riesenhuber, Poggio", "2007",
                 "Robust object recognition with cortex-like mechanisms", "IEEE PAMI 29(3)"),
    "nin": _arxiv("Lin, Chen, Yan", "2013", "Network in network", "1312.4400"),
    "arora": _arxiv("Arora, Bhaskara, Ge, Ma", "2013", "Provable bounds for learning some deep representations",
                    "1310.6343"),
    "alexnet": Work("Krizhevsky, Sutskever, Hinton", "2012",
                    "ImageNet classification with deep convolutional neural networks", "NIPS 25"),
    "vgg": _arxiv("Simonyan, Zisserman", "2014",
                  "Very deep convolutional networks for large-scale image recognition", "1409.1556"),
    "he": _arxiv("He, Zhang, Ren, Sun", "2015", "Delving deep into rectifiers", "1502.01852"),
    "dumoulin": _arxiv("Dumoulin, Visin", "2016", "A guide to convolution arithmetic for deep learning", "1603.07285"),
    "supervision": _arxiv("Lee, Xie, Gallagher, Zhang, Tu", "2014", "Deeply-supervised nets", "1409.5185"),
    "wang": _arxiv("Wang, Lee, Tu, Lazebnik", "2015", "Training deeper convolutional networks with deep supervision",
                   "1505.02496"),
    "cam": _arxiv("Zhou, Khosla, Lapedriza, Oliva, Torralba", "2015",
                  "Learning deep features for discriminative localization", "1512.04150"),
    "batch-norm": _arxiv("Ioffe, Szegedy", "2015", "Batch normalization: accelerating deep network training by "
                         "reducing internal covariate shift", "1502.03167"),
    "rethinking": _arxiv("Szegedy, Vanhoucke, Ioffe, Shlens, Wojna", "2015",
                         "Rethinking the Inception architecture for computer vision", "1512.00567"),
    "v4": _arxiv("Szegedy, Ioffe, Vanhoucke, Alemi", "2016",
                 "Inception-v4, Inception-ResNet and the impact of residual connections on learning", "1602.07261"),
    "xception": _arxiv("Chollet", "2016", "Xception: deep learning with depthwise separable convolutions",
                       "1610.02357"),
    "resnext": _arxiv("Xie, Girshick, Dollár, Tu, He", "2016",
                      "Aggregated residual transformations for deep neural networks", "1611.05431"),
    "caffe": Work("BVLC", "2014", "Caffe, models/bvlc_googlenet", "github.com/BVLC/caffe",
                  "https://github.com/BVLC/caffe/tree/master/models/bvlc_googlenet"),
    "torchvision": Work("PyTorch", "2018", "torchvision, models/googlenet.py; pull requests #678, #821",
                        "github.com/pytorch/vision", "https://github.com/pytorch/vision"),
    "digits": Work("Alpaydin, Kaynak", "1998", "Optical recognition of handwritten digits", "UCI repository",
                   "https://archive.ics.uci.edu/dataset/80"),
}  # fmt: skip
"""By the name that the program calls them."""


def _table_3(text: str) -> Fact:
    return Fact(text, "googlenet", "Table 3, top-5 error on the validation set")


TOP_5 = {
    (1, 1): _table_3("10.07"), (1, 10): _table_3("9.15"), (1, 144): _table_3("7.89"),
    (7, 1): _table_3("8.09"), (7, 10): _table_3("7.62"), (7, 144): _table_3("6.67"),
}  # fmt: skip
"""Top-5 error in percent, by the number of networks and of crops averaged."""

FACTS = {
    "classes": Fact("1,000", "googlenet", "§7"),
    "images": Fact("1.2", "googlenet", "§7, millions of training images"),
    "entry": Fact("6.67", "googlenet", "Table 2"),
    "vgg_entry": Fact("7.32", "googlenet", "Table 2"),
    "msra_entry": Fact("7.35", "googlenet", "Table 2"),
    "last_year": Fact("11.7", "googlenet", "Table 2, Clarifai 2013"),
    "year_before": Fact("16.4", "googlenet", "Table 2, SuperVision 2012"),
    "printed_gain": Fact("3.45", "googlenet", "Table 3, last row"),
    "detection": Fact("43.9", "googlenet", "Table 4, percent"),
    "scales": Fact("4", "googlenet", "§7"),
    "squares": Fact("3", "googlenet", "§7"),
    "places": Fact("6", "googlenet", "§7"),
    "mirrors": Fact("2", "googlenet", "§7"),
    "rate_drop": Fact("4", "googlenet", "§6, percent"),
    "rate_epochs": Fact("8", "googlenet", "§6"),
    "momentum": Fact("0.9", "googlenet", "§6"),
    "contest_year": Fact("2014", "googlenet", "§7"),
    "fewer": Fact("12", "googlenet", "§1, times fewer parameters than the network of 2012"),
    "depth": Fact("22", "googlenet", "§5, layers with parameters"),
    "head_weight": Fact("0.3", "googlenet", "§5"),
    "head_dropout": Fact("70", "googlenet", "§5, percent"),
    "pooling_gain": Fact("0.6", "googlenet", "§5, percent of top-1"),
    "minor": Fact("0.5", "googlenet", "the version of CVPR 2015, §5, percent"),
    "sparse": Fact("100", "googlenet", "§3, times fewer operations"),
    "hmax_bands": Fact("8", "hmax", "§2, bands of two neighbouring sizes"),
    "nin_year": Fact("2013", "nin", "title page"),
    "norm_steps_before": Fact("31.0", "batch-norm", "Figure 3, millions of steps to 72.2 %"),
    "norm_steps": Fact("2.1", "batch-norm", "Figure 3, millions of steps to 72.2 %"),
    "norm_top1": Fact("72.2", "batch-norm", "Figure 3, percent"),
    "rethinking_layers": Fact("42", "rethinking", "§6"),
    "v4_ensemble": Fact("3.08", "v4", "§5, top-5 error of four networks on the test set"),
    "dropout": Fact("40", "googlenet", "Table 1, percent"),
    "supervised_year": Fact("2014", "supervision", "title page"),
    "alexnet_params": Fact("60,965,224", "alexnet", "counted from its layers"),
    "alexnet_linear": Fact("58,631,144", "alexnet", "counted from its layers"),
    "vgg_params": Fact("138,357,544", "vgg", "configuration D, counted from its layers"),
    "vgg_linear": Fact("123,642,856", "vgg", "configuration D, counted from its layers"),
}
"""Other numbers that the story tells."""


def fact(name: str) -> str:
    """A number as it is printed."""
    return FACTS[name].text


@record
class Successor:
    """A later network of the family."""

    name: str
    work: str
    """Among `WORKS`."""
    params: int
    """Counted from a PyTorch model of it, batch norm with γ and β; classifier of 1,000 classes, no auxiliary head."""
    macs: int
    """Multiply-adds, counted likewise, in units of 10⁵."""
    side: int
    """Of its input, pixels."""
    top_5: str
    """Error of one network on one crop, percent, as published (Xception's: Keras's documentation); or nothing."""


FAMILY = (
    Successor("BN-Inception", "batch-norm", 11_295_240, 20_326, 224, "7.82"),
    Successor("Inception-v3", "rethinking", 23_834_568, 57_132, 299, "5.6"),
    Successor("Inception-v4", "v4", 42_679_816, 122_540, 299, ""),
    Successor("Inception-ResNet-v2", "v4", 55_843_464, 131_560, 299, ""),
    Successor("Xception", "xception", 22_855_952, 83_570, 299, "5.5"),
)
"""In the order of their papers."""
