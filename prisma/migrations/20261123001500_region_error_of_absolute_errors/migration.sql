-- REGION_ERROR became the mean of absolute errors: what a model version learned of the squared ones, on its calibration
-- frames, is no measure of the new lane. Without samples of it a version is decided by its other lanes.
UPDATE "model_version" SET "calibration" = "calibration" #- '{samples,REGION_ERROR}';
