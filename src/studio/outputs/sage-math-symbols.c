/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-math-symbols"

#include "config.h"

#include <string.h>

#include "sage-math-private.h"

#define ORD SAGE_MATH_ORD
#define OP SAGE_MATH_OP
#define BIN SAGE_MATH_BIN
#define REL SAGE_MATH_REL
#define OPEN SAGE_MATH_OPEN
#define CLOSE SAGE_MATH_CLOSE
#define PUNCT SAGE_MATH_PUNCT
#define INNER SAGE_MATH_INNER
#define I SAGE_MATH_ITALIC
#define BIG (SAGE_MATH_LARGE | SAGE_MATH_LIMITS)
#define INT SAGE_MATH_LARGE
#define LIM SAGE_MATH_LIMITS

static const SageMathSymbol symbols[] = {
  /* Greek */
  { "alpha", "α", ORD, I }, { "beta", "β", ORD, I }, { "gamma", "γ", ORD, I },
  { "delta", "δ", ORD, I }, { "epsilon", "ϵ", ORD, I }, { "varepsilon", "ε", ORD, I },
  { "zeta", "ζ", ORD, I }, { "eta", "η", ORD, I }, { "theta", "θ", ORD, I },
  { "vartheta", "ϑ", ORD, I }, { "iota", "ι", ORD, I }, { "kappa", "κ", ORD, I },
  { "lambda", "λ", ORD, I }, { "mu", "μ", ORD, I }, { "nu", "ν", ORD, I }, { "xi", "ξ", ORD, I },
  { "omicron", "ο", ORD, I }, { "pi", "π", ORD, I }, { "varpi", "ϖ", ORD, I },
  { "rho", "ρ", ORD, I }, { "varrho", "ϱ", ORD, I }, { "sigma", "σ", ORD, I },
  { "varsigma", "ς", ORD, I }, { "tau", "τ", ORD, I }, { "upsilon", "υ", ORD, I },
  { "phi", "ϕ", ORD, I }, { "varphi", "φ", ORD, I }, { "chi", "χ", ORD, I },
  { "psi", "ψ", ORD, I }, { "omega", "ω", ORD, I }, { "Gamma", "Γ", ORD, 0 },
  { "Delta", "Δ", ORD, 0 }, { "Theta", "Θ", ORD, 0 }, { "Lambda", "Λ", ORD, 0 },
  { "Xi", "Ξ", ORD, 0 }, { "Pi", "Π", ORD, 0 }, { "Sigma", "Σ", ORD, 0 },
  { "Upsilon", "Υ", ORD, 0 }, { "Phi", "Φ", ORD, 0 }, { "Psi", "Ψ", ORD, 0 },
  { "Omega", "Ω", ORD, 0 },
  /* letters and signs */
  { "infty", "∞", ORD, 0 }, { "partial", "∂", ORD, 0 }, { "nabla", "∇", ORD, 0 },
  { "ell", "ℓ", ORD, 0 }, { "hbar", "ℏ", ORD, 0 }, { "Re", "ℜ", ORD, 0 }, { "Im", "ℑ", ORD, 0 },
  { "aleph", "ℵ", ORD, 0 }, { "emptyset", "∅", ORD, 0 }, { "varnothing", "∅", ORD, 0 },
  { "forall", "∀", ORD, 0 }, { "exists", "∃", ORD, 0 }, { "nexists", "∄", ORD, 0 },
  { "neg", "¬", ORD, 0 }, { "lnot", "¬", ORD, 0 }, { "top", "⊤", ORD, 0 }, { "bot", "⊥", ORD, 0 },
  { "angle", "∠", ORD, 0 }, { "triangle", "△", ORD, 0 }, { "prime", "′", ORD, 0 },
  { "dagger", "†", BIN, 0 }, { "ddagger", "‡", BIN, 0 }, { "degree", "°", ORD, 0 },
  { "imath", "ı", ORD, I }, { "jmath", "ȷ", ORD, I }, { "wp", "℘", ORD, 0 },
  { "dots", "…", INNER, 0 }, { "ldots", "…", INNER, 0 }, { "cdots", "⋯", INNER, 0 },
  { "vdots", "⋮", ORD, 0 }, { "ddots", "⋱", INNER, 0 }, { "dotsc", "…", INNER, 0 },
  { "dotsb", "⋯", INNER, 0 }, { "#", "#", ORD, 0 }, { "$", "$", ORD, 0 }, { "%", "%", ORD, 0 },
  { "&", "&", ORD, 0 }, { "_", "_", ORD, 0 }, { "S", "§", ORD, 0 }, { "checkmark", "✓", ORD, 0 },
  { "square", "□", ORD, 0 }, { "blacksquare", "■", ORD, 0 }, { "star", "⋆", BIN, 0 },
  /* operators between two */
  { "pm", "±", BIN, 0 }, { "mp", "∓", BIN, 0 }, { "times", "×", BIN, 0 }, { "div", "÷", BIN, 0 },
  { "cdot", "⋅", BIN, 0 }, { "ast", "∗", BIN, 0 }, { "circ", "∘", BIN, 0 },
  { "bullet", "∙", BIN, 0 }, { "oplus", "⊕", BIN, 0 }, { "ominus", "⊖", BIN, 0 },
  { "otimes", "⊗", BIN, 0 }, { "odot", "⊙", BIN, 0 }, { "cup", "∪", BIN, 0 },
  { "cap", "∩", BIN, 0 }, { "setminus", "∖", BIN, 0 }, { "wedge", "∧", BIN, 0 },
  { "land", "∧", BIN, 0 }, { "vee", "∨", BIN, 0 }, { "lor", "∨", BIN, 0 },
  /* relations */
  { "leq", "≤", REL, 0 }, { "le", "≤", REL, 0 }, { "geq", "≥", REL, 0 }, { "ge", "≥", REL, 0 },
  { "leqslant", "⩽", REL, 0 }, { "geqslant", "⩾", REL, 0 }, { "ll", "≪", REL, 0 },
  { "gg", "≫", REL, 0 }, { "lt", "<", REL, 0 }, { "gt", ">", REL, 0 }, { "neq", "≠", REL, 0 },
  { "ne", "≠", REL, 0 }, { "equiv", "≡", REL, 0 }, { "approx", "≈", REL, 0 },
  { "sim", "∼", REL, 0 }, { "simeq", "≃", REL, 0 }, { "cong", "≅", REL, 0 },
  { "propto", "∝", REL, 0 }, { "in", "∈", REL, 0 }, { "notin", "∉", REL, 0 },
  { "ni", "∋", REL, 0 }, { "subset", "⊂", REL, 0 }, { "subseteq", "⊆", REL, 0 },
  { "supset", "⊃", REL, 0 }, { "supseteq", "⊇", REL, 0 }, { "perp", "⊥", REL, 0 },
  { "parallel", "∥", REL, 0 }, { "mid", "∣", REL, 0 }, { "vdash", "⊢", REL, 0 },
  { "models", "⊨", REL, 0 }, { "prec", "≺", REL, 0 }, { "succ", "≻", REL, 0 },
  { "preceq", "⪯", REL, 0 }, { "succeq", "⪰", REL, 0 }, { "asymp", "≍", REL, 0 },
  { "coloneqq", "≔", REL, 0 }, { "triangleq", "≜", REL, 0 },
  /* arrows */
  { "to", "→", REL, 0 }, { "rightarrow", "→", REL, 0 }, { "leftarrow", "←", REL, 0 },
  { "gets", "←", REL, 0 }, { "leftrightarrow", "↔", REL, 0 }, { "Rightarrow", "⇒", REL, 0 },
  { "Leftarrow", "⇐", REL, 0 }, { "Leftrightarrow", "⇔", REL, 0 }, { "iff", "⟺", REL, 0 },
  { "implies", "⟹", REL, 0 }, { "impliedby", "⟸", REL, 0 }, { "mapsto", "↦", REL, 0 },
  { "longrightarrow", "⟶", REL, 0 }, { "longleftarrow", "⟵", REL, 0 },
  { "Longrightarrow", "⟹", REL, 0 }, { "uparrow", "↑", REL, 0 }, { "downarrow", "↓", REL, 0 },
  { "hookrightarrow", "↪", REL, 0 }, { "rightharpoonup", "⇀", REL, 0 },
  { "rightleftharpoons", "⇌", REL, 0 }, { "nearrow", "↗", REL, 0 }, { "searrow", "↘", REL, 0 },
  /* large operators */
  { "sum", "∑", OP, BIG }, { "prod", "∏", OP, BIG }, { "coprod", "∐", OP, BIG },
  { "bigcup", "⋃", OP, BIG }, { "bigcap", "⋂", OP, BIG }, { "bigoplus", "⨁", OP, BIG },
  { "bigotimes", "⨂", OP, BIG }, { "bigvee", "⋁", OP, BIG }, { "bigwedge", "⋀", OP, BIG },
  { "int", "∫", OP, INT }, { "iint", "∬", OP, INT }, { "iiint", "∭", OP, INT },
  { "oint", "∮", OP, INT },
  /* functions */
  { "sin", "sin", OP, 0 }, { "cos", "cos", OP, 0 }, { "tan", "tan", OP, 0 },
  { "cot", "cot", OP, 0 }, { "sec", "sec", OP, 0 }, { "csc", "csc", OP, 0 },
  { "arcsin", "arcsin", OP, 0 }, { "arccos", "arccos", OP, 0 }, { "arctan", "arctan", OP, 0 },
  { "sinh", "sinh", OP, 0 }, { "cosh", "cosh", OP, 0 }, { "tanh", "tanh", OP, 0 },
  { "exp", "exp", OP, 0 }, { "log", "log", OP, 0 }, { "ln", "ln", OP, 0 }, { "lg", "lg", OP, 0 },
  { "arg", "arg", OP, 0 }, { "deg", "deg", OP, 0 }, { "dim", "dim", OP, 0 },
  { "hom", "hom", OP, 0 }, { "ker", "ker", OP, 0 }, { "det", "det", OP, LIM },
  { "gcd", "gcd", OP, LIM }, { "inf", "inf", OP, LIM }, { "lim", "lim", OP, LIM },
  { "liminf", "lim inf", OP, LIM }, { "limsup", "lim sup", OP, LIM }, { "max", "max", OP, LIM },
  { "min", "min", OP, LIM }, { "sup", "sup", OP, LIM }, { "Pr", "Pr", OP, LIM },
  { "argmax", "arg max", OP, LIM }, { "argmin", "arg min", OP, LIM },
  /* fences */
  { "{", "{", OPEN, 0 }, { "}", "}", CLOSE, 0 }, { "lbrace", "{", OPEN, 0 },
  { "rbrace", "}", CLOSE, 0 }, { "langle", "⟨", OPEN, 0 }, { "rangle", "⟩", CLOSE, 0 },
  { "lfloor", "⌊", OPEN, 0 }, { "rfloor", "⌋", CLOSE, 0 }, { "lceil", "⌈", OPEN, 0 },
  { "rceil", "⌉", CLOSE, 0 }, { "|", "‖", ORD, 0 }, { "Vert", "‖", ORD, 0 },
  { "lVert", "‖", OPEN, 0 }, { "rVert", "‖", CLOSE, 0 }, { "vert", "|", ORD, 0 },
  { "lvert", "|", OPEN, 0 }, { "rvert", "|", CLOSE, 0 }, { "lbrack", "[", OPEN, 0 },
  { "rbrack", "]", CLOSE, 0 }, { "backslash", "\\", ORD, 0 },
  { "colon", ":", PUNCT, 0 },
};

/* Returns: (nullable): the symbol of a command, without its backslash */
const SageMathSymbol *
_sage_math_find_symbol (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (symbols); i++)
    if (strcmp (symbols[i].name, name) == 0)
      return &symbols[i];

  return NULL;
}

/* The mathematical alphabets of Unicode, and the letters that it had before them. */
static const struct
{
  const char *name;
  gunichar    capital;
  gunichar    small; /* 0: has none */
  const char *before; /* pairs of a letter and the character it is */
} alphabets[] = {
  { "mathbb", 0x1d538, 0x1d552, "CℂHℍNℕPℙQℚRℝZℤ" },
  { "mathcal", 0x1d49c, 0x1d4b6, "BℬEℰFℱHℋIℐLℒMℳRℛeℯgℊoℴ" },
  { "mathscr", 0x1d49c, 0x1d4b6, "BℬEℰFℱHℋIℐLℒMℳRℛeℯgℊoℴ" },
  { "mathfrak", 0x1d504, 0x1d51e, "CℭHℌIℑRℜZℨ" },
};

static gunichar
map_letter (gsize    i,
            gunichar letter)
{
  for (const char *at = alphabets[i].before; *at != '\0';
       at = g_utf8_next_char (g_utf8_next_char (at)))
    if (g_utf8_get_char (at) == letter)
      return g_utf8_get_char (g_utf8_next_char (at));

  if (letter >= 'A' && letter <= 'Z')
    return alphabets[i].capital + letter - 'A';
  if (letter >= 'a' && letter <= 'z')
    return alphabets[i].small + letter - 'a';
  if (letter == '1' && i == 0)
    return 0x1d7d9;

  return letter;
}

/* Returns: (transfer full) (nullable): the letters in an alphabet; %NULL if there is no such one */
char *
_sage_math_alphabet (const char *alphabet,
                     const char *letters)
{
  for (gsize i = 0; i < G_N_ELEMENTS (alphabets); i++)
    if (strcmp (alphabets[i].name, alphabet) == 0)
      {
        GString *out = g_string_new (NULL);

        for (; *letters != '\0'; letters = g_utf8_next_char (letters))
          g_string_append_unichar (out, map_letter (i, g_utf8_get_char (letters)));

        return g_string_free_and_steal (out);
      }

  return NULL;
}
