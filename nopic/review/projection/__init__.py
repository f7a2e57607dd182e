"""What the queue knows of a request without asking every rule anew: its search words, and whether it is low risk."""

from nopic.review.projection import risk
from nopic.review.projection.words import index, words_of

__all__ = ["index", "risk", "words_of"]
