/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * What the module gives that shows HTML. It is a module because loading a browser's libraries would
 * make every start of Studio slower, and most notebooks need none.
 *
 * The widget that it makes is as high as its page. Signals: "link-activated" (const char *uri): a link
 * was clicked, which goes nowhere by itself; "loaded": the page is there, and a picture of it;
 * "terminated": the process that draws it has ended.
 */
typedef struct
{
  GtkWidget  *(*create)      (const char    *html,
                              gboolean       is_trusted,
                              const GdkRGBA *colour); /* of text */
  GdkTexture *(*get_texture) (GtkWidget     *frame);  /* (transfer none) (nullable) */
} SageWebModule;

#define SAGE_WEB_MODULE_SYMBOL "sage_web_module"

const SageWebModule *sage_web_module_load (GError **error);

/* Ends up in an error if a browser's process could not be shut in here. */
void                 sage_web_check_async  (GAsyncReadyCallback   callback,
                                            gpointer              user_data);
gboolean             sage_web_check_finish (GAsyncResult         *result,
                                            GError              **error);

G_END_DECLS
