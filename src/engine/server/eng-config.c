/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-config"

#include "config.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#include "eng-config.h"
#include "eng-user-rows.h"
#include "sage-error.h"
#include "sage-file.h"

/*
 * The configuration file of an engine that serves a team. What it does not know it refuses: a
 * misspelt key would otherwise leave open what was meant to be closed.
 */

#define MAX_FILE (1024 * 1024)

#define ENGINE "engine"
#define SERVER "server"
#define CLIENTS "clients"

static const char * const engine_keys[] = {
  "data-dir", "socket", "port", "region", "account", "job-network", "kernel-idle", "kernel-memory",
  "kernel-standby", NULL,
};

static const char * const server_keys[] = {
  "listen", "names", "tls-certificate", "tls-key", "client-certificates", NULL,
};

static void
listen_clear (gpointer data)
{
  EngListen *listen = data;

  g_free (listen->address);
}

/**
 * eng_config_free:
 * @config: (nullable): the configuration
 */
void
eng_config_free (EngConfig *config)
{
  if (config == NULL)
    return;
  g_free (config->path);
  g_free (config->data_dir);
  g_free (config->socket);
  g_free (config->region);
  g_free (config->account);
  g_clear_pointer (&config->listen, g_array_unref);
  g_strfreev (config->names);
  g_free (config->certificate);
  g_free (config->key);
  g_clear_pointer (&config->pins, g_hash_table_unref);
  g_free (config);
}

/* Returns: (array zero-terminated=1): the keys that @group may have; %NULL if there is no such group,
 * an empty list for one whose keys are names */
static const char * const *
known_keys (const char *group)
{
  static const char * const none[] = { NULL };

  if (strcmp (group, ENGINE) == 0)
    return engine_keys;
  if (strcmp (group, SERVER) == 0)
    return server_keys;
  return strcmp (group, CLIENTS) == 0 ? none : NULL;
}

static gboolean
check_names (GKeyFile  *file,
             GError   **error)
{
  g_auto(GStrv) groups = g_key_file_get_groups (file, NULL);

  for (char **group = groups; *group != NULL; group++)
    {
      const char * const *known = known_keys (*group);
      g_auto(GStrv) keys = g_key_file_get_keys (file, *group, NULL, NULL);

      if (known == NULL)
        return sage_throw (error, SAGE_ERROR_INVALID,
                           "There is no group [%s]; the groups are [" ENGINE "], [" SERVER "] and ["
                           CLIENTS "]", *group);
      for (char **key = keys; known[0] != NULL && key != NULL && *key != NULL; key++)
        {
          if (!g_strv_contains (known, *key))
            return sage_throw (error, SAGE_ERROR_INVALID, "[%s] has no key '%s'", *group, *key);
        }
    }
  return TRUE;
}

/* Reads a text; one that is there must not be empty. */
static gboolean
read_text (GKeyFile    *file,
           const char  *group,
           const char  *key,
           char       **value,
           GError     **error)
{
  if (!g_key_file_has_key (file, group, key, NULL))
    return TRUE;
  *value = g_key_file_get_string (file, group, key, error);
  if (*value == NULL)
    return FALSE;
  if (**value == '\0')
    return sage_throw (error, SAGE_ERROR_INVALID, "[%s] %s is empty", group, key);
  return TRUE;
}

/* A relative path is one beside the configuration file. */
static gboolean
read_path (const EngConfig  *self,
           GKeyFile         *file,
           const char       *group,
           const char       *key,
           char            **value,
           GError          **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *text = NULL;

  if (!read_text (file, group, key, &text, error))
    return FALSE;
  if (text != NULL)
    *value = g_canonicalize_filename (text, folder);
  return TRUE;
}

static gboolean
read_number (GKeyFile    *file,
             const char  *key,
             int         *value,
             GError     **error)
{
  g_autoptr(GError) local_error = NULL;

  if (!g_key_file_has_key (file, ENGINE, key, NULL))
    return TRUE;
  *value = g_key_file_get_integer (file, ENGINE, key, &local_error);
  if (local_error != NULL || *value < 0)
    return sage_throw (error, SAGE_ERROR_INVALID, "[" ENGINE "] %s is no number", key);
  return TRUE;
}

static gboolean
read_engine (EngConfig  *self,
             GKeyFile   *file,
             GError    **error)
{
  g_autoptr(GError) local_error = NULL;

  if (g_key_file_has_key (file, ENGINE, "job-network", NULL))
    self->job_network = g_key_file_get_boolean (file, ENGINE, "job-network", &local_error);
  if (local_error != NULL)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "[" ENGINE "] job-network is neither true nor false");

  return read_path (self, file, ENGINE, "data-dir", &self->data_dir, error) &&
         read_path (self, file, ENGINE, "socket", &self->socket, error) &&
         read_text (file, ENGINE, "region", &self->region, error) &&
         read_text (file, ENGINE, "account", &self->account, error) &&
         read_number (file, "port", &self->port, error) &&
         read_number (file, "kernel-idle", &self->kernel_idle, error) &&
         read_number (file, "kernel-memory", &self->kernel_memory, error) &&
         read_number (file, "kernel-standby", &self->kernel_standby, error);
}

/* ADDRESS:PORT, with the address of version 6 in brackets */
static gboolean
parse_listen (const char  *text,
              EngListen   *listen,
              GError     **error)
{
  const char *colon = strrchr (text, ':');
  gboolean is_six = text[0] == '[';
  g_autoptr(GInetAddress) inet = NULL;
  g_autofree char *address = NULL;
  guint64 port = 0;

  if (colon != NULL && (!is_six || (colon - text > 2 && colon[-1] == ']')) &&
      g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &port, NULL))
    {
      address = is_six ? g_strndup (text + 1, (gsize) (colon - text) - 2)
                       : g_strndup (text, (gsize) (colon - text));
      inet = g_inet_address_new_from_string (address);
    }
  if (inet == NULL || is_six != (g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV6))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "[" SERVER "] listen: '%s' is no ADDRESS:PORT, as 192.0.2.1:8443 and "
                       "[2001:db8::1]:8443 are", text);

  listen->address = g_inet_address_to_string (inet);
  listen->port = (guint16) port;
  return TRUE;
}

/**
 * eng_listen_is_loopback:
 * @listen: an address
 *
 * Returns: whether only this machine reaches it
 */
gboolean
eng_listen_is_loopback (const EngListen *listen)
{
  g_autoptr(GInetAddress) inet = g_inet_address_new_from_string (listen->address);

  return g_inet_address_get_is_loopback (inet);
}

static gboolean
is_any (const EngListen *listen)
{
  g_autoptr(GInetAddress) inet = g_inet_address_new_from_string (listen->address);

  return g_inet_address_get_is_any (inet);
}

/* What must be there for an address to be listened on. */
static gboolean
check_listen (const EngConfig  *self,
              const EngListen  *listen,
              const char       *text,
              GError          **error)
{
  if (self->certificate == NULL && !eng_listen_is_loopback (listen))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "[" SERVER "] listen: other machines reach '%s', and the engine speaks to "
                       "them through TLS alone. Set tls-certificate and tls-key", text);
  if (is_any (listen) && self->names[0] == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "[" SERVER "] names must say by which names and addresses clients reach '%s': "
                       "requests for any other are refused", text);
  return TRUE;
}

static gboolean
read_listen (EngConfig  *self,
             GKeyFile   *file,
             GError    **error)
{
  g_auto(GStrv) texts = NULL;

  if (!g_key_file_has_key (file, SERVER, "listen", NULL))
    return TRUE;
  texts = g_key_file_get_string_list (file, SERVER, "listen", NULL, error);
  if (texts == NULL)
    return FALSE;
  if (texts[0] == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "[" SERVER "] listen is empty");

  for (char **text = texts; *text != NULL; text++)
    {
      EngListen listen = { 0 };

      if (!parse_listen (g_strstrip (*text), &listen, error))
        return FALSE;
      g_array_append_val (self->listen, listen);
      if (!check_listen (self, &listen, *text, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_names (EngConfig  *self,
            GKeyFile   *file,
            GError    **error)
{
  if (!g_key_file_has_key (file, SERVER, "names", NULL))
    {
      self->names = g_new0 (char *, 1);
      return TRUE;
    }
  self->names = g_key_file_get_string_list (file, SERVER, "names", NULL, error);
  if (self->names == NULL)
    return FALSE;

  for (char **name = self->names; *name != NULL; name++)
    {
      gsize length = strlen (g_strstrip (*name));

      if (length == 0 || strspn (*name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS ".-_[]:") != length ||
          ((*name)[0] != '[' && strchr (*name, ':') != NULL))
        return sage_throw (error, SAGE_ERROR_INVALID,
                           "[" SERVER "] names: '%s' is no name of a machine; give no port, and an "
                           "address of version 6 in brackets", *name);
    }
  return TRUE;
}

static gboolean
read_client_policy (EngConfig  *self,
                    GKeyFile   *file,
                    GError    **error)
{
  static const char * const words[] = {
    [SAGE_HTTP_CLIENTS_NONE] = "none",
    [SAGE_HTTP_CLIENTS_OPTIONAL] = "optional",
    [SAGE_HTTP_CLIENTS_REQUIRED] = "required",
  };
  g_autofree char *word = NULL;

  if (!read_text (file, SERVER, "client-certificates", &word, error))
    return FALSE;
  if (word == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (strcmp (word, words[i]) != 0)
        continue;
      self->clients = i;
      return TRUE;
    }
  return sage_throw (error, SAGE_ERROR_INVALID,
                     "[" SERVER "] client-certificates is '%s', which is none of none, optional and "
                     "required", word);
}

static gboolean
read_server (EngConfig  *self,
             GKeyFile   *file,
             GError    **error)
{
  if (!read_path (self, file, SERVER, "tls-certificate", &self->certificate, error) ||
      !read_path (self, file, SERVER, "tls-key", &self->key, error) ||
      !read_client_policy (self, file, error))
    return FALSE;
  if ((self->certificate == NULL) != (self->key == NULL))
    return sage_throw (error, SAGE_ERROR_INVALID, "[" SERVER "] has a %s without a %s",
                       self->key == NULL ? "tls-certificate" : "tls-key",
                       self->key == NULL ? "tls-key" : "tls-certificate");

  return read_names (self, file, error) && read_listen (self, file, error);
}

/* The pins of one user. */
static gboolean
read_client (EngConfig   *self,
             GKeyFile    *file,
             const char  *user,
             GError     **error)
{
  g_auto(GStrv) texts = g_key_file_get_string_list (file, CLIENTS, user, NULL, error);

  if (texts == NULL)
    return FALSE;
  if (!eng_user_name_check (user, error))
    {
      g_prefix_error (error, "[" CLIENTS "] ");
      return FALSE;
    }
  for (char **text = texts; *text != NULL; text++)
    {
      char *pin = sage_http_tls_parse_pin (g_strstrip (*text), error);
      const char *other = pin != NULL ? g_hash_table_lookup (self->pins, pin) : NULL;

      if (pin == NULL)
        {
          g_prefix_error (error, "[" CLIENTS "] %s: ", user);
          return FALSE;
        }
      if (other != NULL && strcmp (other, user) != 0)
        {
          sage_throw (error, SAGE_ERROR_INVALID,
                      "[" CLIENTS "] the certificate 'sha256:%s' is given to both %s and %s", pin,
                      other, user);
          g_free (pin);
          return FALSE;
        }
      g_hash_table_insert (self->pins, pin, g_strdup (user));
    }
  return TRUE;
}

static gboolean
read_clients (EngConfig  *self,
              GKeyFile   *file,
              GError    **error)
{
  g_auto(GStrv) users = g_key_file_get_keys (file, CLIENTS, NULL, NULL);

  for (char **user = users; user != NULL && *user != NULL; user++)
    {
      if (!read_client (self, file, *user, error))
        return FALSE;
    }
  if (self->clients == SAGE_HTTP_CLIENTS_NONE && g_hash_table_size (self->pins) > 0)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "[" CLIENTS "] has certificates, but [" SERVER "] client-certificates is none: "
                       "nobody would be asked for one");
  if (self->clients == SAGE_HTTP_CLIENTS_REQUIRED && g_hash_table_size (self->pins) == 0)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "[" SERVER "] client-certificates is required, but [" CLIENTS "] has none: "
                       "nobody could connect");
  if (self->clients != SAGE_HTTP_CLIENTS_NONE && self->certificate == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "[" SERVER "] client-certificates needs a tls-certificate and a tls-key: "
                       "clients show certificates over TLS only");
  return TRUE;
}

/**
 * eng_config_load:
 * @path: a file of groups and keys
 * @error: (out): where the error goes: %SAGE_ERROR_INVALID, naming file, group and key;
 *   %SAGE_ERROR_NOT_FOUND, %SAGE_ERROR_IO
 *
 * Returns: (transfer full): what it says; %NULL on error
 */
EngConfig *
eng_config_load (const char  *path,
                 GError     **error)
{
  g_autoptr(EngConfig) self = g_new0 (EngConfig, 1);
  g_autofree char *real = realpath (path, NULL);
  g_autoptr(GBytes) bytes = sage_file_read (real != NULL ? real : path, MAX_FILE, error);
  g_autoptr(GKeyFile) file = g_key_file_new ();

  if (bytes == NULL)
    return NULL;

  self->path = g_canonicalize_filename (path, NULL);
  self->port = self->job_network = -1;
  self->kernel_idle = self->kernel_memory = self->kernel_standby = -1;
  self->listen = g_array_new (FALSE, FALSE, sizeof (EngListen));
  g_array_set_clear_func (self->listen, listen_clear);
  self->pins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  if (!g_key_file_load_from_bytes (file, bytes, G_KEY_FILE_NONE, error) ||
      !check_names (file, error) || !read_engine (self, file, error) ||
      !read_server (self, file, error) || !read_clients (self, file, error))
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * eng_config_make_tls:
 * @config: a configuration that names a certificate
 * @error: (out): where the error goes, as sage_http_tls_new() says
 *
 * Reads certificate and key.
 *
 * Returns: (transfer full): what a server needs to speak TLS; %NULL on error
 */
SageHttpTls *
eng_config_make_tls (const EngConfig  *config,
                     GError          **error)
{
  return sage_http_tls_new (config->certificate, config->key, config->clients, config->pins, error);
}
