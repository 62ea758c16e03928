"""The explorer: a page that opens from the disk, in which every sample of a run can be looked at.

    page.write(gather(run), "results/digits/explorer/index.html")

`gather` makes of a run's artifacts what the page shows: columns with one value per sample and view, answers to preset
questions, details of each sample, thumbnails. `page` packs these beside the JavaScript in `page/`, which draws them.
"""
