"""Files of AudioSet embeddings as TensorFlow writes them; `tf` is TensorFlow."""

LABELS = 'index,mid,display_name\n0,/m/a,"Speech"\n1,/m/b,"Dog, bark"\n2,/m/c,Turkey\n'


def floats(tf, *values):
    return tf.train.Feature(float_list=tf.train.FloatList(value=values))


def message(tf, labels=(0,), frames=2, width=128, video="abc", **more):
    """A `SequenceExample` as TensorFlow writes it."""
    train = tf.train
    context = {
        "video_id": train.Feature(bytes_list=train.BytesList(value=[video.encode()])),
        "labels": train.Feature(int64_list=train.Int64List(value=labels)),
        "start_time_seconds": floats(tf, 30.0),
        "end_time_seconds": floats(tf, 40.5),
    } | more
    context = {name: feature for name, feature in context.items() if feature is not None}
    rows = [bytes([(k + 1) % 256]) * width for k in range(frames)]
    features = [train.Feature(bytes_list=train.BytesList(value=[row])) for row in rows]
    lists = {"audio_embedding": train.FeatureList(feature=features)}
    example = train.SequenceExample(
        context=train.Features(feature=context),
        feature_lists=train.FeatureLists(feature_list=lists),
    )
    return example.SerializeToString()


def write(tf, path, *messages):
    path.parent.mkdir(parents=True, exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for one in messages:
            writer.write(one)
    (path.parent / "class_labels_indices.csv").write_text(LABELS)
    return path
