"""How to misread t-SNE: small maps of the same photographs, or of noise, each with what is true beside what it seems to say.

After Wattenberg, Viégas and Johnson, "How to Use t-SNE Effectively", Distill 2016, whose points are drawn by hand; here they are
descriptors of photographs.
"""
