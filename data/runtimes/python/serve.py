# SPDX-License-Identifier: GPL-3.0-or-later
"""Serves a Python model by SageMaker's container contract: GET /ping, POST /invocations.

The model lies in /opt/ml/model; its script (code/inference.py, or what SAGEMAKER_PROGRAM and
SAGEMAKER_SUBMIT_DIRECTORY name) has the functions of the SageMaker scikit-learn container:

    model_fn(model_dir)                                   required
    input_fn(request_body, content_type)                  default: CSV, JSON or NPY to an array
    predict_fn(input, model)                              default: model.predict(input)
    output_fn(prediction, accept)                         default: CSV, JSON or NPY
    transform_fn(model, request_body, content_type, accept)   instead of the last three
"""
import http.server
import importlib.util
import io
import json
import os
import signal
import sys
import threading
import traceback

ROOT = os.environ.get("SAGEBRUSH_OPT_ML", "/opt/ml")
MODEL_DIR = os.path.join(ROOT, "model")
MAX_BODY = 128 * 1024 * 1024
JSON, CSV, NPY = "application/json", "text/csv", "application/x-npy"
TEXT_TYPES = (JSON, CSV)


class Refused(Exception):
    """A request that cannot be served; carries the HTTP status."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def media_type(header):
    return (header or "").split(";")[0].strip().lower()


def default_input(body, content_type):
    import numpy
    kind = media_type(content_type)
    try:
        if kind == CSV:
            # Two dimensions even for one row or one column, which scikit-learn insists on.
            return numpy.genfromtxt(io.StringIO(body.decode()), dtype=numpy.float32,
                                    delimiter=",", ndmin=2)
        if kind == JSON:
            return numpy.array(json.loads(body), dtype=numpy.float32)
        if kind == NPY:
            # Unlike the original: pickled objects would run code of the caller's.
            return numpy.load(io.BytesIO(body), allow_pickle=False)
    except (ValueError, UnicodeDecodeError) as error:
        raise Refused(400, f"The body is not {kind}: {error}") from error
    raise Refused(415, f"Content type '{content_type}' is not supported: send {CSV}, {JSON} or "
                       f"{NPY}, or give the model script an input_fn")


def default_predict(data, model):
    return model.predict(data)


def default_output(prediction, accept):
    import numpy
    kind = media_type(accept)
    array = numpy.asarray(prediction)
    if kind == JSON:
        return json.dumps(array.tolist()), JSON
    if kind == CSV:
        out = io.StringIO()
        numpy.savetxt(out, array, delimiter=",", fmt="%s")
        return out.getvalue(), CSV
    if kind == NPY:
        buffer = io.BytesIO()
        numpy.save(buffer, array, allow_pickle=False)
        return buffer.getvalue(), NPY
    raise Refused(406, f"Accept type '{accept}' is not supported: ask for {JSON}, {CSV} or {NPY}, "
                       "or give the model script an output_fn")


def lies_in(path, directory):
    """Whether the path, once its links are followed, is the directory or lies in it."""
    directory = os.path.realpath(directory)
    return os.path.commonpath([os.path.realpath(path), directory]) == directory


def find_script():
    """The directory of the model's code, and in it the script that the model is served with."""
    program = os.environ.get("SAGEMAKER_PROGRAM") or "inference.py"
    directory = os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY") or ""
    if not os.path.isdir(directory) or not (
            lies_in(directory, MODEL_DIR) or lies_in(directory, os.path.join(ROOT, "code"))):
        directory = os.path.join(MODEL_DIR, "code")
    path = os.path.join(directory, program)
    if not lies_in(path, directory):
        raise ValueError(f"SAGEMAKER_PROGRAM '{program}' does not lie in {directory}; name a file "
                         "of the model's code")
    if not os.path.isfile(path):
        raise FileNotFoundError(f"The model has no script {path}")
    return directory, path


class Model:
    """The user's script and what its model_fn returned."""

    def __init__(self):
        directory, path = find_script()
        sys.path.insert(0, directory)
        spec = importlib.util.spec_from_file_location("inference", path)
        script = importlib.util.module_from_spec(spec)
        sys.modules["inference"] = script
        spec.loader.exec_module(script)
        if not hasattr(script, "model_fn"):
            raise AttributeError(f"{os.path.basename(path)} has no model_fn")
        self.transform_fn = getattr(script, "transform_fn", None)
        self.input_fn = getattr(script, "input_fn", default_input)
        self.predict_fn = getattr(script, "predict_fn", default_predict)
        self.output_fn = getattr(script, "output_fn", default_output)
        self.model = script.model_fn(MODEL_DIR)

    def answer(self, body, content_type, accept):
        """The reply's bytes and content type."""
        if media_type(content_type) in TEXT_TYPES and self.input_fn is not default_input:
            body = body.decode()
        if self.transform_fn is not None:
            result = self.transform_fn(self.model, body, content_type, accept)
        else:
            data = self.input_fn(body, content_type)
            result = self.output_fn(self.predict_fn(data, self.model), accept)
        if isinstance(result, tuple):
            result, accept = result
        if isinstance(result, str):
            result = result.encode()
        if not isinstance(result, (bytes, bytearray)):
            raise TypeError("output_fn must return str or bytes, or a tuple of those and the "
                            f"content type, not {type(result).__name__}")
        return bytes(result), accept


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "sagebrush-serve"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 300

    def log_message(self, format, *args):
        """One line a request is the gateway's business."""

    def reply(self, status, body=b"", content_type="text/plain"):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status, message):
        self.reply(status, message.encode("utf-8", "replace"))

    def do_GET(self):
        if self.path != "/ping":
            self.refuse(404, f"There is no {self.path}")
        elif self.server.failure is not None:
            self.refuse(500, self.server.failure)
        elif self.server.model is None:
            self.refuse(503, "The model is being loaded")
        else:
            self.reply(200)

    def read_body(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            self.close_connection = True
            raise Refused(411, "Content-Length is required")
        if int(length) > MAX_BODY:
            self.close_connection = True
            raise Refused(413, f"The body is larger than {MAX_BODY} bytes")
        return self.rfile.read(int(length))

    def do_POST(self):
        try:
            body = self.read_body()
            if self.path != "/invocations":
                raise Refused(404, f"There is no {self.path}")
            if self.server.model is None:
                raise Refused(503, self.server.failure or "The model is being loaded")
            accept = self.headers.get("Accept")
            if accept is None or media_type(accept) in ("", "*/*"):
                accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT") or JSON
            reply, content_type = self.server.model.answer(
                body, self.headers.get("Content-Type") or CSV, accept)
            self.reply(200, reply, content_type)
        except Refused as error:
            self.refuse(error.status, str(error))
        except Exception as error:  # the script's; the next request may go well
            traceback.print_exc()
            self.refuse(500, f"{type(error).__name__}: {error}")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    model = None
    failure = None

    def load(self):
        try:
            self.model = Model()
        except BaseException as error:  # a script may even call sys.exit()
            traceback.print_exc()
            self.failure = f"The model could not be loaded: {type(error).__name__}: {error}"
            print(self.failure, file=sys.stderr, flush=True)
        else:
            print("The model is loaded", flush=True)


def main():
    server = Server(("0.0.0.0", int(os.environ.get("SAGEMAKER_BIND_TO_PORT") or 8080)), Handler)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.load()
    threading.Event().wait()


if __name__ == "__main__":
    main()
