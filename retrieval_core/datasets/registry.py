"""The published datasets: what each holds, how large it is, under what terms, where it comes from and how it is read.

A plain table that grep finds. A checksum stands here only where one is published in code that uses the file; where there is
none the program says so. Sizes are about; the server's own is said before anything is fetched.
"""

from dataclasses import dataclass

from retrieval_core.datasets.download import Remote

_OXFORD = ("https://www.robots.ox.ac.uk/~vgg/data/oxbuildings", "https://thor.robots.ox.ac.uk/oxbuildings")
_PARIS = ("https://www.robots.ox.ac.uk/~vgg/data/parisbuildings", "https://thor.robots.ox.ac.uk/parisbuildings")
_REVISITED = ("http://cmp.felk.cvut.cz/revisitop/data/datasets", "http://cmp.felk.cvut.cz/cnnimageretrieval/data/test")
_SFM = "http://cmp.felk.cvut.cz/cnnimageretrieval/data/train"
_HOLIDAYS = ("ftp://ftp.inrialpes.fr/pub/lear/douze/data",)
VGG_TERMS = "photographs from Flickr, each under its owner's terms; for research"

PARIS_BROKEN = (
    "paris_louvre_000136", "paris_louvre_000146", "paris_moulinrouge_000422", "paris_museedorsay_001059", "paris_notredame_000188",
    "paris_pantheon_000284", "paris_pantheon_000960", "paris_pantheon_000974", "paris_pompidou_000195", "paris_pompidou_000196",
    "paris_pompidou_000201", "paris_pompidou_000467", "paris_pompidou_000640", "paris_sacrecoeur_000299", "paris_sacrecoeur_000330",
    "paris_sacrecoeur_000353", "paris_triomphe_000662", "paris_triomphe_000833", "paris_triomphe_000863", "paris_triomphe_000867",
)  # fmt: skip
"""Files of Paris6k that are no pictures; its makers list them (corrupt.txt), and everybody leaves them out."""


@dataclass(frozen=True)
class Published:
    """One dataset. `files` stand behind the folder that each is put or unpacked into; `left_out` names files that are no pictures.

    Without `files` it is not fetched: `by_hand` says what to do. `photographs` and `queries` are what it must hold.
    """

    name: str
    holds: str
    terms: str
    source: str
    layout: str
    files: tuple[tuple[str, Remote], ...] = ()
    photographs: int | None = None
    queries: int | None = None
    left_out: tuple[str, ...] = ()
    by_hand: str = ""

    @property
    def bytes(self) -> int | None:
        """About how much is fetched; None where a size is not known."""
        sizes = [remote.bytes for _, remote in self.files]
        return sum(sizes) if sizes and None not in sizes else None


def _remote(bases: tuple[str, ...], name: str, size: int | None = None, checksum: str | None = None) -> Remote:
    return Remote(name, tuple(f"{base}/{name}" for base in bases), size, checksum)


_OXFORD_IMAGES = ("jpg/1", _remote(_OXFORD, "oxbuild_images-v1.tgz", 1_938_238_004, "md5:8f0017cc5d671f35011d6968269fbf47"))
_PARIS_IMAGES = (
    ("jpg/1", _remote(_PARIS, "paris_1-v1.tgz", 1_270_000_000)), ("jpg/2", _remote(_PARIS, "paris_2-v1.tgz", 1_400_000_000)),
)  # fmt: skip

REGISTRY = {entry.name: entry for entry in (
    Published("oxford5k", "5,063 photographs of Oxford, 55 queries of 11 landmarks", VGG_TERMS,
              "https://www.robots.ox.ac.uk/~vgg/data/oxbuildings/", "oxford",
              (_OXFORD_IMAGES, ("lab", _remote(_OXFORD, "gt_files_170407.tgz", 8_174, "md5:06c4dee0ad954f6ee122c82390548537"))),
              photographs=5063, queries=55),
    Published("paris6k", "6,392 photographs of Paris, 55 queries of 11 landmarks", VGG_TERMS,
              "https://www.robots.ox.ac.uk/~vgg/data/parisbuildings/", "oxford",
              (*_PARIS_IMAGES, ("lab", _remote(_PARIS, "paris_120310.tgz", 300_000))),
              photographs=6392, queries=55, left_out=PARIS_BROKEN),
    Published("roxford5k", "Oxford5k with 70 new queries: Easy, Medium, Hard", VGG_TERMS, "http://cmp.felk.cvut.cz/revisitop/",
              "revisited",
              (_OXFORD_IMAGES, (".", Remote("gnd_roxford5k.pkl", tuple(f"{base}/roxford5k/gnd_roxford5k.pkl" for base in _REVISITED),
                                            500_000))),
              photographs=5063, queries=70),
    Published("rparis6k", "Paris6k with 70 new queries: Easy, Medium, Hard", VGG_TERMS, "http://cmp.felk.cvut.cz/revisitop/",
              "revisited",
              (*_PARIS_IMAGES, (".", Remote("gnd_rparis6k.pkl", tuple(f"{base}/rparis6k/gnd_rparis6k.pkl" for base in _REVISITED),
                                            800_000))),
              photographs=6392, queries=70, left_out=PARIS_BROKEN),
    Published("holidays", "1,491 holiday photographs, 500 queries", "© INRIA and the photographers; for research",
              "https://lear.inrialpes.fr/~jegou/data.php", "holidays",
              (("jpg/1", _remote(_HOLIDAYS, "jpg1.tar.gz", 1_100_000_000)),
               ("jpg/2", _remote(_HOLIDAYS, "jpg2.tar.gz", 1_600_000_000))),
              photographs=1491, queries=500),
    Published("oxford100k", "about 100,000 distractors, to be added to Oxford5k or Paris6k", VGG_TERMS,
              "https://www.robots.ox.ac.uk/~vgg/data/oxbuildings/flickr100k.html", "flat",
              by_hand="Its 40 parts are RAR archives: unpack them with unrar, then run: data add oxford105k OXFORD5K_FOLDER "
                      "--distractors FOLDER"),
    Published("landmarks-clean", "lists of the addresses of 48,792 training photographs of 586 landmarks, many of them dead",
              "the lists are Naver Labs'; each photograph under its owner's terms",
              "http://download.europe.naverlabs.com/Computer-Vision-CodeandModels/", "lists",
              by_hand="Put annotation_clean_train.txt and annotation_clean_val.txt into a folder, the photographs that still are to be "
                      "had into folders CLASS/ beside them, and run: data add landmarks-clean FOLDER --layout lists. data check counts "
                      "what is there of each landmark."),
    Published("sfm120k", "retrieval-SfM-120k: training photographs in clusters of one landmark",
              "photographs from Flickr, each under its owner's terms", "http://cmp.felk.cvut.cz/cnnimageretrieval/", "sfm",
              (("ims", _remote((_SFM + "/ims",), "ims.tar.gz")), (".", _remote((_SFM + "/dbs",), "retrieval-SfM-120k.pkl")))),
    Published("gldv2-clean", "Google Landmarks v2, clean: 1,580,470 training photographs of 81,313 landmarks",
              "labels CC BY 4.0; each photograph under its own licence", "https://github.com/cvdfoundation/google-landmark", "gldv2",
              by_hand="Fetch train_clean.csv and the 500 archives of the training set (500 GB) with the script of the source, unpack "
                      "them into one folder, and run: data add gldv2-clean FOLDER --layout gldv2"),
)}  # fmt: skip
