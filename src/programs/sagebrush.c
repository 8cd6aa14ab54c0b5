/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sagebrush"

#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "sage-application.h"

int
main (int    argc,
      char **argv)
{
  g_autoptr(SageApplication) application = NULL;
  const char *locale_dir = g_getenv ("SAGEBRUSH_LOCALEDIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir != NULL ? locale_dir : SAGEBRUSH_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  application = sage_application_new ();

  return g_application_run (G_APPLICATION (application), argc, argv);
}
