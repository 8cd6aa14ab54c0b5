#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes src/aws/sage-model-data.c from the service models that botocore ships.

Usage: generate-model.py > src/aws/sage-model-data.c

The output is committed, so that building Sagebrush needs no botocore. Shapes that no chosen operation
reaches are left out. model-supplement.json, in botocore's own form, has the operations that AWS added
after that version of botocore.
"""

import gzip
import json
import os
import re
import sys

import botocore

# Service, version of its model, and the operations to take (None: all of them).
SERVICES = [
    ('logs', '2014-03-28', ['DescribeLogGroups', 'DescribeLogStreams', 'FilterLogEvents',
                            'GetLogEvents']),
    ('sagemaker', '2017-07-24', None),
]

SUPPLEMENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'model-supplement.json')

# Error structures are not reached from an operation's input or output; nobody asks for them either.
TYPES = {
    'structure': 'STRUCTURE', 'list': 'LIST', 'map': 'MAP', 'string': 'STRING',
    'integer': 'INTEGER', 'long': 'LONG', 'float': 'FLOAT', 'double': 'DOUBLE',
    'boolean': 'BOOLEAN', 'timestamp': 'TIMESTAMP', 'blob': 'BLOB',
}

# Patterns whose translation would not compile or would backtrack without bound, and what accepts
# exactly the same strings.
REWRITES = {
    # Everything but the line terminators that neither '.' nor the class names.
    r'.*(?:[ \r\n\t].*)*':
        r'[^\x{85}\x{2028}\x{2029}]*',
    # The surrogates stand for all characters beyond the basic plane.
    r'[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*':
        r'[\x{20}-\x{d7ff}\x{e000}-\x{fffd}\x{10000}-\x{10ffff}\t]*',
    r'^[\t\n\r -\uD7FF\uE000-\uFFFD]*$':
        r'[\t\n\r\x{20}-\x{d7ff}\x{e000}-\x{fffd}]*',
    # A misplaced '$' before the counts of the group.
    r'^([\p{L}\p{Z}\p{N}_.:\/=+\-@]*)${1,128}':
        r'[\p{L}\p{Z}\p{N}_.:\/=+\-@]*',
    r'^([\p{L}\p{Z}\p{N}_.:\/=+\-@]*)${1,256}':
        r'[\p{L}\p{Z}\p{N}_.:\/=+\-@]*',
    # One character per turn instead of any number: three of them, single slashes between.
    r'^https://([.\-_a-zA-Z0-9]+/?){3,1016}$':
        r'https://[.\-_a-zA-Z0-9](?:/?[.\-_a-zA-Z0-9]){2,}/?',
    # One turn of the group takes whatever 39 could.
    r'^[a-z0-9]([-a-z0-9]*[a-z0-9]){0,39}?$':
        r'[a-z0-9](?:[-a-z0-9]*[a-z0-9])?',
}

# What Java means by these, spelt out since GRegex makes them match all of Unicode.
CLASS_ESCAPES = {'d': '0-9', 'w': 'a-zA-Z0-9_', 's': r' \t\n\x0b\f\r'}

# What Java's '.' matches.
DOT = r'[^\n\r\x{85}\x{2028}\x{2029}]'


def translate_class(pattern, at):
    """Translates the character class that opens at `at`; returns it and the index after it."""
    out = ['[']
    at += 1
    if pattern[at] == '^':
        out.append('^')
        at += 1
    while pattern[at] != ']':
        if pattern.startswith(r'\p{Alnum}', at):
            out.append('a-zA-Z0-9')
            at += len(r'\p{Alnum}')
            continue
        if pattern[at] == '[' or pattern.startswith('&&', at):
            raise ValueError(f'class operator in {pattern!r}')
        if pattern[at] != '\\':
            out.append(pattern[at])
            at += 1
            continue
        escape = pattern[at + 1]
        at += 2
        if escape in CLASS_ESCAPES:
            out.append(CLASS_ESCAPES[escape])
        elif escape == 'S':
            out.append(r'\S')
        elif escape == 'p':
            end = pattern.index('}', at)
            out.append('\\p' + pattern[at:end + 1])
            at = end + 1
        elif escape in 'tnr' or not escape.isalnum():
            out.append('\\' + escape)
        else:
            raise ValueError(f'escape {escape!r} in {pattern!r}')
        # A hyphen after a set is itself, not a range.
        if escape in CLASS_ESCAPES and pattern[at] == '-':
            out.append(r'\-')
            at += 1
    body = ''.join(out) + ']'
    # Both halves of the alphabet: any character at all.
    if re.fullmatch(r'\[(?:\\S \\t\\n\\x0b\\f\\r| \\t\\n\\x0b\\f\\r\\S)\]', body):
        body = r'[\s\S]'
    elif body == r'[\S]':
        body = r'[^ \t\n\x0b\f\r]'
    elif r'\S' in body:
        raise ValueError(f'mixed negated set in {pattern!r}')
    return body, at + 1


def translate(pattern):
    """Java's regular expression in the words of PCRE2, to be anchored at both ends."""
    if pattern in REWRITES:
        return REWRITES[pattern]
    out = []
    at = 0
    while at < len(pattern):
        character = pattern[at]
        if character == '[':
            body, at = translate_class(pattern, at)
            out.append(body)
        elif character == '.':
            out.append(DOT)
            at += 1
        elif character == '\\':
            escape = pattern[at + 1]
            if escape in CLASS_ESCAPES:
                out.append(f'[{CLASS_ESCAPES[escape]}]')
            elif escape == 'S':
                out.append(r'[^ \t\n\x0b\f\r]')
            elif escape in 'b' or not escape.isalnum():
                out.append('\\' + escape)
            else:
                raise ValueError(f'escape {escape!r} in {pattern!r}')
            at += 2
        else:
            out.append(character)
            at += 1
    return ''.join(out)


def quote(text):
    """A C string literal."""
    out = ['"']
    for byte in text.encode():
        character = chr(byte)
        if character in '"\\':
            out.append('\\' + character)
        elif 0x20 <= byte < 0x7f:
            out.append(character)
        else:
            out.append(f'\\{byte:03o}')
    # No trigraphs.
    return ''.join(out).replace('??', '?\\?') + '"'


def load(service, version):
    """The model of a service: botocore's, and what the supplement adds to it."""
    model = load_botocore(service, version)
    with open(SUPPLEMENT, encoding='utf-8') as file:
        added = json.load(file).get(service, {})
    for part, entries in added.items():
        known = sorted(set(entries) & set(model[part]))
        if known:
            raise ValueError(f'botocore has {", ".join(known)} by now: take it out of {SUPPLEMENT}')
        model[part].update(entries)
    return model


def load_botocore(service, version):
    path = os.path.join(os.path.dirname(botocore.__file__), 'data', service, version,
                        'service-2.json')
    if os.path.exists(path):
        with open(path, encoding='utf-8') as file:
            return json.load(file)
    with gzip.open(path + '.gz', 'rt', encoding='utf-8') as file:
        return json.load(file)


def references(shape):
    if shape['type'] == 'structure':
        return [member['shape'] for member in shape['members'].values()]
    if shape['type'] == 'list':
        return [shape['member']['shape']]
    if shape['type'] == 'map':
        return [shape['key']['shape'], shape['value']['shape']]
    return []


def reachable(shapes, roots):
    found = set()
    todo = list(roots)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += references(shapes[name])
    return found


class Writer:
    """Collects the tables of all services, then prints them."""

    def __init__(self):
        self.patterns = {}   # text -> number from 1
        self.enums = {}      # values -> name of the table
        self.members = {}    # lines -> name of the table
        self.shapes = []     # one array for all services, so that an index names a shape
        self.services = []
        self.out = []

    def pattern(self, shape):
        text = shape.get('pattern')
        if text is None:
            return 0
        return self.patterns.setdefault(text, len(self.patterns) + 1)

    def enum_table(self, shape):
        if 'enum' not in shape:
            return 'NULL'
        values = tuple(shape['enum'])
        if values not in self.enums:
            name = f'enum_{len(self.enums)}'
            self.enums[values] = name
            self.out.append(f'static const char *const {name}[] = {{')
            line = ' '
            for value in values:
                word = f' {quote(value)},'
                if len(line + word) > 100:
                    self.out.append(line)
                    line = ' '
                line += word
            self.out += [line, '  NULL', '};', '']
        return self.enums[values]

    def member_table(self, shape, index):
        """Members in the order of declaration; by_name is the order for bisection."""
        names = list(shape.get('members', {}))
        if not names:
            return 'NULL'
        by_name = sorted(range(len(names)), key=lambda i: names[i])
        required = set(shape.get('required', []))
        lines = tuple(
            f'  {{ {quote(name)}, {index[shape["members"][name]["shape"]]}, {by_name[i]}, '
            f'{int(name in required)} }},'
            for i, name in enumerate(names))
        if lines not in self.members:
            table = f'members_{len(self.members)}'
            self.members[lines] = table
            self.out += [f'static const SageMember {table}[] = {{', *lines, '};', '']
        return self.members[lines]

    def shape(self, name, shape, index):
        if shape.get('document'):
            raise ValueError(f'{name} is a document, which sage-validate.c does not know')
        flags = [flag for key, flag in (('sensitive', 'SAGE_SHAPE_SENSITIVE'),
                                        ('union', 'SAGE_SHAPE_UNION'),
                                        ('min', 'SAGE_SHAPE_HAS_MIN'),
                                        ('max', 'SAGE_SHAPE_HAS_MAX')) if shape.get(key) is not None
                 and shape.get(key) is not False]
        fields = [f'.name = {quote(name)}', f'.type = SAGE_SHAPE_{TYPES[shape["type"]]}']
        if flags:
            fields.append(f'.flags = {" | ".join(flags)}')
        for bound in 'min', 'max':
            if bound in shape:
                fields.append(f'.{bound} = {shape[bound]}')
        if 'pattern' in shape:
            fields.append(f'.pattern = {self.pattern(shape)}')
        if 'enum' in shape:
            fields.append(f'.enums = {self.enum_table(shape)}')
        if shape.get('members'):
            fields.append(f'.n_members = {len(shape["members"])}')
            fields.append(f'.members = {self.member_table(shape, index)}')
        if shape['type'] == 'list':
            fields.append(f'.element = {index[shape["member"]["shape"]]}')
        if shape['type'] == 'map':
            fields.append(f'.element = {index[shape["value"]["shape"]]}')
            fields.append(f'.key = {index[shape["key"]["shape"]]}')
        return f'  {{ {", ".join(fields)} }},'

    def service(self, service, version, chosen):
        model = load(service, version)
        operations = {name: operation for name, operation in sorted(model['operations'].items())
                      if chosen is None or name in chosen}
        assert chosen is None or set(operations) == set(chosen)
        roots = [operation[side]['shape'] for operation in operations.values()
                 for side in ('input', 'output') if side in operation]
        names = sorted(reachable(model['shapes'], roots))
        first = len(self.shapes)
        index = {name: i for i, name in enumerate(names, start=first)}
        self.shapes += [self.shape(name, model['shapes'][name], index) for name in names]

        self.out.append(f'static const SageOperationModel {service}_operations[] = {{')
        for name, operation in operations.items():
            sides = [index[operation[side]['shape']] if side in operation else 'SAGE_SHAPE_NONE'
                     for side in ('input', 'output')]
            self.out.append(f'  {{ {quote(name)}, {sides[0]}, {sides[1]} }},')
        self.out += ['};', '']
        self.services.append(f'  {{ {quote(service)}, {first}, {len(names)}, '
                             f'{service}_operations, G_N_ELEMENTS ({service}_operations) }},')

    def print(self):
        print('/* SPDX-License-Identifier: GPL-3.0-or-later */')
        print(f'/* Generated by build-aux/generate-model.py from botocore {botocore.__version__}. */')
        print('#include "config.h"\n')
        print('#include "sage-model-private.h"\n')
        print('\n'.join(self.out))
        print('const SagePattern sage_model_patterns[] = {')
        print('  { NULL, NULL },')
        for text in self.patterns:
            print(f'  {{ {quote(text)},\n    {quote(translate(text))} }},')
        print('};\n')
        print(f'const guint sage_model_n_patterns = {len(self.patterns) + 1};\n')
        print('\n'.join(['const SageShape sage_model_shapes[] = {', *self.shapes, '};\n']))
        print('\n'.join(['const SageServiceModel sage_model_services[] = {', *self.services, '};\n']))
        print(f'const guint sage_model_n_services = {len(SERVICES)};')


def main():
    writer = Writer()
    for service, version, chosen in SERVICES:
        writer.service(service, version, chosen)
    writer.print()
    return 0


if __name__ == '__main__':
    sys.exit(main())
