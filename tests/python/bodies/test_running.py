"""Networks in files: what is found in them, what they answer, and what is refused."""

import numpy as np
import pytest

import hearingai
from bodies import (
    CLASSES,
    RATE,
    SIZE,
    WINDOW,
    expected,
    write_litert,
    write_onnx,
    write_saved_model,
)
from fresh import need
from hearingai.bodies._litert import LiteRT, _before_last
from hearingai.bodies._running import each_once, open_network, windowed

WRITERS = {"onnx": write_onnx, "litert": write_litert, "saved_model": write_saved_model}
ENDINGS = {"onnx": ".onnx", "litert": ".tflite", "saved_model": ""}
NEEDS = {"onnx": ["onnx", "onnxruntime"], "litert": ["tensorflow", "ai_edge_litert"]}
NEEDS |= {"saved_model": ["tensorflow"]}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A function from a format to such a file, under a name that is not ASCII."""
    folder, made = tmp_path_factory.mktemp("files"), {}

    def files(kind):
        need(*NEEDS[kind])
        if kind not in made:
            made[kind] = WRITERS[kind](folder / f"körper{ENDINGS[kind]}")
        return made[kind]

    return files


KINDS = pytest.mark.parametrize("kind", list(WRITERS))


@KINDS
def test_the_embedding_is_found_and_is_what_numpy_says(files, kind):
    body = hearingai.open_body(files(kind), sample_rate=RATE, hop=0.05)
    sound = np.random.default_rng(0).normal(0, 0.3, (2, 250)).astype("float32")
    found = body.embeddings(sound)
    windows = np.stack([sound[:, s : s + WINDOW] for s in (0, 50, 100, 150)], axis=1)
    assert (body.window, body.hop, body.size, body.duration) == (WINDOW, 50, SIZE, 0.1)
    assert found.shape == (2, 4, SIZE)
    np.testing.assert_allclose(found, expected(windows), atol=1e-5)


@KINDS
def test_what_a_file_says_of_itself_is_shown(files, kind):
    told = hearingai.body_info(files(kind))
    assert list(told.columns) == ["role", "name", "shape", "dtype"]
    rows = told.groupby("role").size().to_dict()
    assert rows == (
        {"input": 1, "output": 2}
        if kind == "saved_model"
        else {"input": 1, "output": 1, "before": 1}
    )
    assert told["shape"][0] == f"(1, {WINDOW})"
    before = told[told["role"] == "before"]
    assert before["shape"].isin([f"(1, {SIZE})"]).all()
    assert before["dtype"].isin(set(told["dtype"][:1])).all()


@KINDS
def test_another_output_can_be_named(files, kind):
    names = {"onnx": "classes", "saved_model": "classes", "litert": "StatefulPartitionedCall:0"}
    body = hearingai.open_body(files(kind), sample_rate=RATE, output=names[kind])
    assert body.size == CLASSES


@KINDS
def test_names_that_a_file_has_not_are_refused(files, kind):
    for argument in ("input", "output"):
        with pytest.raises(hearingai.HearingAIError, match=f"`{argument}`: .* has no .*nothing"):
            hearingai.open_body(files(kind), sample_rate=RATE, **{argument: "nothing"})


@KINDS
def test_another_window_than_the_files_is_refused(files, kind):
    with pytest.raises(hearingai.HearingAIError, match="takes 100 samples, and `window` is 200"):
        hearingai.open_body(files(kind), sample_rate=RATE, window=0.2)


@pytest.mark.parametrize("ending", [".onnx", ".tflite"])
@pytest.mark.parametrize("content", [b"", b"no network at all", bytes(1000)])
def test_a_file_that_is_no_network_is_refused(tmp_path, ending, content):
    need("onnx", "onnxruntime", "ai_edge_litert")
    path = tmp_path / f"a{ending}"
    path.write_bytes(content)
    with pytest.raises(hearingai.HearingAIError, match="`.*` is no network that can be opened"):
        open_network(path)


def test_what_is_of_no_known_kind_is_refused(tmp_path):
    need("tensorflow")
    path = tmp_path / "a.bin"
    with pytest.raises(hearingai.HearingAIError, match="does not exist"):
        open_network(path)
    path.touch()
    with pytest.raises(hearingai.HearingAIError, match=r"must be an \.onnx or \.tflite file or"):
        open_network(path)
    with pytest.raises(hearingai.HearingAIError, match="is no network that can be opened"):
        open_network(tmp_path)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((1, 100, 40), r"takes tensor\(float\) of shape \(1, 100, 40\), which is no waveform"),
        ((1, 1), "`window` must be given"),
        ((1, 2**25), "takes 33554432 samples at once"),
    ],
)
def test_an_input_that_is_no_waveform_is_refused(tmp_path, shape, words):
    need("onnx", "onnxruntime")
    from onnx import TensorProto, helper, save

    path = tmp_path / "a.onnx"
    node = helper.make_node("Relu", ["sound"], ["out"])
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("sound", "out")
    ]
    graph = helper.make_graph([node], "g", ends[:1], ends[1:])
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.open_body(path, sample_rate=RATE)


@pytest.mark.parametrize(
    ("operation", "words"),
    [(("Identity", {}), None), (("ReduceSum", {"keepdims": 0}), "is no vector, but float32")],
)
def test_an_open_input_takes_the_window_and_an_output_must_be_a_vector(tmp_path, operation, words):
    need("onnx", "onnxruntime")
    from onnx import TensorProto, helper, save

    (kind, options), path = operation, tmp_path / "a.onnx"
    node = helper.make_node(kind, ["sound"], ["out"], **options)
    start = helper.make_tensor_value_info("sound", TensorProto.FLOAT, ("n", "samples"))
    graph = helper.make_graph([node], "g", [start], [helper.make_empty_tensor_value_info("out")])
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)
    with pytest.raises(hearingai.HearingAIError, match="`window` must be given"):
        hearingai.open_body(path, sample_rate=RATE)
    if words:
        with pytest.raises(hearingai.HearingAIError, match=words):
            hearingai.open_body(path, sample_rate=RATE, window=0.02)
        return
    body = hearingai.open_body(path, sample_rate=RATE, window=0.02)
    sound = np.arange(40, dtype="float32")[None]
    assert body.embeddings(sound).tolist() == sound.reshape(1, 2, 20).tolist()


def test_weights_in_other_files_are_refused_since_the_hash_would_not_know_them(tmp_path):
    need("onnx", "onnxruntime")
    path = write_onnx(tmp_path / "a.onnx", external=True)
    assert (tmp_path / "weights.bin").stat().st_size > 1000
    with pytest.raises(hearingai.HearingAIError, match="keeps its weights in other files"):
        hearingai.open_body(path, sample_rate=RATE)


@pytest.mark.parametrize("place", ["constant", "branch", "function"])
def test_no_tensor_of_a_file_may_lie_in_another(tmp_path, place):
    need("onnx", "onnxruntime")
    from onnx import TensorProto, helper, load, save

    path = write_onnx(tmp_path / "a.onnx")
    tensor = helper.make_tensor("more", TensorProto.FLOAT, (2,), [1, 2])
    tensor.ClearField("float_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="secret.bin")
    node, model = helper.make_node("Constant", [], ["more"], value=tensor), load(path)
    if place == "constant":
        model.graph.node.append(node)
    elif place == "branch":
        graph = helper.make_graph([], "branch", [], [], [tensor])
        model.graph.node.append(helper.make_node("If", ["sound"], ["o"], then_branch=graph))
    else:
        version = [helper.make_opsetid("", 13)]
        model.functions.append(helper.make_function("own", "f", [], ["more"], [node], version))
    save(model, path)
    (tmp_path / "secret.bin").write_bytes(bytes(8))
    with pytest.raises(hearingai.HearingAIError, match="keeps its weights in other files"):
        hearingai.open_body(path, sample_rate=RATE)


def test_a_file_that_runs_in_a_circle_is_refused(tmp_path):
    need("onnx", "onnxruntime")
    from onnx import TensorProto, helper, save

    nodes = [helper.make_node("Relu", [a], [b]) for a, b in (("b", "a"), ("a", "b"))]
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, (1, 9)) for n in ("sound", "a")]
    model = helper.make_model(helper.make_graph(nodes, "circle", ends[:1], ends[1:]))
    save(model, tmp_path / "a.onnx")
    with pytest.raises(hearingai.HearingAIError, match="is no network that can be opened"):
        hearingai.body_info(tmp_path / "a.onnx")


def test_the_layers_of_a_litert_file_are_followed_once():
    class Circle:
        def _get_ops_details(self):
            return [{"inputs": [1], "outputs": [2]}, {"inputs": [2], "outputs": [1]}]

        def get_input_details(self):
            return [{"index": 0}]

    assert _before_last(Circle(), 2) is None


def test_an_output_of_an_absurd_size_is_refused_before_it_is_run(tmp_path):
    need("onnx", "onnxruntime")
    from onnx import TensorProto, helper, save

    repeats = helper.make_tensor("repeats", TensorProto.INT64, (2,), [1, 2**22])
    node = helper.make_node("Tile", ["sound", "repeats"], ["out"])
    start = helper.make_tensor_value_info("sound", TensorProto.FLOAT, (1, 10))
    end = helper.make_tensor_value_info("out", TensorProto.FLOAT, (1, 10 * 2**22))
    graph = helper.make_graph([node], "g", [start], [end], [repeats])
    path, version = tmp_path / "a.onnx", [helper.make_opsetid("", 13)]
    save(helper.make_model(graph, opset_imports=version, ir_version=8), path)
    with pytest.raises(hearingai.HearingAIError, match=r"`out` is no vector, but of shape \(1, 41"):
        hearingai.open_body(path, sample_rate=RATE)


def test_a_litert_file_takes_arrays_of_several_shapes_in_turn(files):
    run = LiteRT(files("litert").read_bytes())
    one = np.random.default_rng(0).normal(0, 0.3, (1, WINDOW)).astype("float32")
    alone = run(one)
    assert alone.shape == (1, CLASSES)
    assert (run(one.copy()) == alone).all()


def test_a_missing_library_is_named_with_what_to_install(files, monkeypatch):
    import sys

    path = files("onnx")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(hearingai.HearingAIError, match=r'pip install "hearingai\[onnx\]"'):
        hearingai.open_body(path, sample_rate=RATE)


def test_a_window_that_the_clip_before_had_is_not_computed_again():
    heard = []

    def means(windows):
        heard.extend(window.tolist() for window in windows)
        return [np.float32([window.mean(), 1]) for window in windows]

    compute = windowed(each_once(means), 2)
    sound = np.arange(10, dtype="float32")
    starts = np.array([0, 2, 4])
    assert compute(sound[:6], starts).tolist() == [[0.5, 1], [2.5, 1], [4.5, 1]]
    assert heard == [[0, 1], [2, 3], [4, 5]]
    assert compute(sound[2:8], starts).tolist() == [[2.5, 1], [4.5, 1], [6.5, 1]]
    assert heard[3:] == [[6, 7]]
    assert compute(sound[3:9], starts).tolist() == [[3.5, 1], [5.5, 1], [7.5, 1]]
    assert heard[4:] == [[3, 4], [5, 6], [7, 8]]
    assert compute(np.zeros(6, "float32"), starts).tolist() == [[0, 1]] * 3
    assert heard[7:] == [[0, 0]]
