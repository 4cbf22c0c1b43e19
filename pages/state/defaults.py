"""The parameters of the URL: the usual value of each, the values of those that have few, and what depends on what."""

DEFAULTS = {
    "dataset": "town",
    "run": "",  # empty for the usual one of the dataset
    "model": "1a",
    "query": "",
    "selection": "",
    "method": "tsne",
    "subset": "all",
    "settings": "",  # of the projection; empty for the method's defaults
    "seed": "0",
    "k": "12",
    "protocol": "oxford",
    "view": "",  # where the map is looked at: centre and zoom
    "landmarks": "",  # that are isolated in the legend
    "unlabelled": "0.45",  # opacity; 0 hides them
    "colour": "landmark",
    "thumbnails": "on",
    "names": "on",  # of landmarks, on the map
    "film": "",
    "photo": "",  # a photograph that is searched for instead of a query
    "box": "",  # on the picture that is searched for: x1,y1,x2,y2 in its pixels, or whole; empty for the query's own
    "show": "ranking",
    "rerank": "alphaqe",  # what is done after the search on the page Query, and with which parameters
    "knobs": "",
    "changes": "",  # of the picture that is searched for, with their strengths
    "change": "rotation",  # of all queries, in the robustness chart
    "match": "",  # the photograph of which it is shown why it is similar
    "how": "heat",  # and by what
    "strips": "one",
    "engine": "exact",  # that finds the photographs of a ranking
    "within": "",  # which it may find: unlabelled, landmark:NAME or bin:NAME; empty for all
    "versus": "",  # the model beside the chosen one
    "own": "counted",  # a query's own image: counted as a positive, or left_out
    "rows": "report",
    "cells": "ap",
    "cost": "milliseconds",  # what the models' mAP is drawn against
    "variant": "1b-mixed",  # that is to be trained there
    "step": "",  # of the ledger, as 1a-1b
    "before": "",  # and after: two models that the ledger compares
    "after": "",
    "atlas": "hard",
    "part": "aggregation",  # of the laboratory
    "strip": "",  # of maps on which t-SNE is misread; empty for all
    "stage": "",  # the training that is looked at; empty for the last of the model
    "mining": "",  # the step that learnt first from the triplets that are looked at
    "knob": "p",  # that is turned there, and to which value; empty for the default
    "value": "",
    "bin": "",  # that is looked at
    "only": "",  # values of the map's colouring that are shown: names, or low..high
    "brush": "",  # ranges of the map's histograms, as in similarity:0.5..0.9,hubness:3..20
    "comparing": "precision",  # the part of Compare
    "group": "",  # models that stand side by side: as they come, all, or one with its search-time choices
    "rate": "equal",  # of false matches, that puts the threshold of a similarity
    "threshold": "",  # that was put by hand instead
    "apart": "svm",  # the method that tells labelled from unlabelled
    "measure": "auc",  # of its judgement, for which this share of the labelled is hidden, in so many draws
    "hidden": "0.2",
    "draws": "10",
    "prior": "0.1",  # that nnPU is given
    "second": "",  # model, a view of co-training
    "guess": "apart",  # part of the page Unlabelled
    "jury": "",  # models that the detective asks; empty for those without search-time choices
    "among": "5",  # so many nearest labelled photographs
    "votes": "",  # that a suspect has at least; empty for more than half of the models
    "suspect": "",  # that is looked at; empty for the first
    "against": "",  # training set that is looked at for near-equal photographs
    "learn": "",  # by which method of feedback; empty for the one that is offered first
    "learning": "",  # with which parameters
    "marks": "",  # of answers, as state/marks.py writes them
    "lesson": "",  # that is presented, or edited on the page Lesson
    "card": "",  # that is presented, from 1; empty where none is
    "edited": "1",  # card that is looked at on the page Lesson
}
NEIGHBOURS = ("6", "12", "24", "48")  # of a photograph, that are drawn or counted: choices of k
CHOICES = {"thumbnails": ("on", "off"), "names": ("on", "off"), "film": ("", "open"),
           "strip": ("", "perplexity", "steps", "sizes", "distances", "noise", "runs", "labels")}  # fmt: skip
# What says nothing any more once the first has changed: ids of one dataset in another, or a box on another picture.
DEPENDENT = {
    "dataset": ("run", "query", "selection", "view", "landmarks", "photo", "box", "match", "versus", "before", "after", "bin", "only",
                "within", "brush", "threshold", "second", "marks", "learn", "jury", "votes", "suspect", "group"),
    "jury": ("votes",),
    "colour": ("only",), "method": ("settings", "view"), "model": ("stage", "mining", "threshold"), "rate": ("threshold",),
    "stage": ("mining",), "query": ("photo", "box", "match", "marks"), "photo": ("box", "match", "marks"),
    "rerank": ("knobs",), "knob": ("value",), "learn": ("learning",), "before": ("step",), "after": ("step",),
    "lesson": ("card", "edited"),
}  # fmt: skip
