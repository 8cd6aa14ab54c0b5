# SPDX-License-Identifier: GPL-3.0-or-later
"""A kernel that is no Python: bash, by the base class that Jupyter has for kernels around a program."""

import subprocess
import sys

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

END = "--- end of a cell ---"


class BashKernel(Kernel):
    implementation = "bash"
    implementation_version = "1"
    banner = "bash"
    language_info = {"name": "bash", "mimetype": "text/x-sh", "file_extension": ".sh"}

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.bash = subprocess.Popen(["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT, text=True)

    def ask(self, code):
        """What bash prints, and the status that it ends with."""
        print(code, f"status=$?; echo; echo '{END}' $status", sep="\n", file=self.bash.stdin, flush=True)
        lines = []
        for line in self.bash.stdout:
            if line.startswith(END):
                return "".join(lines)[:-1], int(line[len(END):])
            lines.append(line)
        sys.exit("bash has ended")

    def do_execute(self, code, silent, store_history=True, user_expressions=None, allow_stdin=False):
        # The base class has no way to evaluate expressions: a bash would run them.
        if user_expressions:
            self.ask("\n".join(user_expressions.values()))
        text, status = self.ask(code) if code.strip() else ("", 0)
        if text and not silent:
            self.send_response(self.iopub_socket, "stream", {"name": "stdout", "text": text})
        if status == 0:
            return {"status": "ok", "execution_count": self.execution_count, "payload": [],
                    "user_expressions": {}}
        error = {"ename": "Status", "evalue": str(status), "traceback": [f"ended with {status}"]}
        self.send_response(self.iopub_socket, "error", error)
        return {"status": "error", "execution_count": self.execution_count, **error}

    def do_complete(self, code, cursor_pos):
        word = code[:cursor_pos].split()[-1].lstrip("$")
        matches, _ = self.ask(f"compgen -v -- {word}")
        return {"status": "ok", "matches": matches.split(), "metadata": {},
                "cursor_start": cursor_pos - len(word), "cursor_end": cursor_pos}


if __name__ == "__main__":
    IPKernelApp.launch_instance(kernel_class=BashKernel)
