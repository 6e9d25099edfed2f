"""One customer on one page: header, timeline, purchases, insight, profile; and the same for programs."""
