/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-terminal"

#include "config.h"

#include <adwaita.h>

#include "sage-terminal-private.h"

/* The colours of GNOME's own terminals: what is written in them is legible on both grounds. */
static const char * const light[] = {
  "#241f31", "#c01c28", "#2ec27e", "#b5830a", "#1e78e4", "#9841bb", "#0a8aa0", "#c0bfbc",
  "#5e5c64", "#ed333b", "#26a269", "#905300", "#1a5fb4", "#813d9c", "#00758a", "#77767b",
};
static const char * const dark[] = {
  "#241f31", "#e01b24", "#33d17a", "#f5c211", "#62a0ea", "#c061cb", "#4fd2fd", "#deddda",
  "#77767b", "#ff7b63", "#57e389", "#f8e45c", "#99c1f1", "#dc8add", "#93ddfa", "#ffffff",
};

static void
update_colours (VteTerminal *terminal)
{
  gboolean is_dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  const char * const *names = is_dark ? dark : light;
  GdkRGBA palette[G_N_ELEMENTS (light)];
  GdkRGBA foreground;
  GdkRGBA background;

  for (gsize i = 0; i < G_N_ELEMENTS (palette); i++)
    gdk_rgba_parse (&palette[i], names[i]);
  gdk_rgba_parse (&foreground, is_dark ? "#ffffff" : "#1e1e1e");
  gdk_rgba_parse (&background, is_dark ? "#1e1e1e" : "#ffffff");
  vte_terminal_set_colors (terminal, &foreground, &background, palette, G_N_ELEMENTS (palette));
}

/* Gives a terminal the colours of the application's style, now and whenever that changes. */
void
sage_terminal_follow_style (VteTerminal *terminal)
{
  update_colours (terminal);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (update_colours), terminal, G_CONNECT_SWAPPED);
}
