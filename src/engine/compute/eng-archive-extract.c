/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-archive"

#include "config.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-file.h"

#include "eng-archive-source.h"
#include "eng-archive.h"

#define MAX_NAME   4096
#define MAX_LEVELS 64

/* One name of the tree so far, found by its folded form, so that twins collide. */
typedef struct
{
  char     *name; /* (owned): as the archive spells it, normalised */
  gboolean  directory;
} Node;

typedef struct
{
  EngArchiveLimits  limits;
  EngArchiveSource *source;  /* (owned) */
  struct archive   *archive; /* (owned) */
  int               root;    /* descriptor of the folder being filled */
  GHashTable       *nodes;   /* (owned): folded name → Node */
  GPtrArray        *links;   /* (owned): names of the symbolic links, checked at the end */
  guint             n_entries;
  guint64           bytes;
  GError           *error;   /* (owned) (nullable): what the source failed with */
} Extraction;

static void
node_free (gpointer data)
{
  Node *node = data;

  g_free (node->name);
  g_free (node);
}

static void
extraction_clear (Extraction *self)
{
  if (self->archive != NULL)
    archive_read_free (self->archive);
  g_clear_pointer (&self->source, eng_archive_source_free);
  g_clear_pointer (&self->nodes, g_hash_table_unref);
  g_clear_pointer (&self->links, g_ptr_array_unref);
  g_clear_error (&self->error);
  if (self->root >= 0)
    close (self->root);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Extraction, extraction_clear)

static la_ssize_t
read_cb (struct archive *archive,
         void           *user_data,
         const void    **buffer)
{
  Extraction *self = user_data;
  gssize n = eng_archive_source_read (self->source, buffer, &self->error);

  if (n < 0)
    archive_set_error (archive, EIO, "%s", self->error->message);

  return n;
}

/* What libarchive failed with; the source's own error comes first. */
static gboolean
throw_archive (Extraction  *self,
               GError     **error)
{
  const char *text = archive_error_string (self->archive);

  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return FALSE;
    }

  return sage_throw (error, SAGE_ERROR_CORRUPT, "The archive is damaged: %s",
                     text != NULL ? text : "no reason given");
}

/* Splits @name into its components and puts them back together; ".", doubled and trailing slashes
 * vanish. An empty result is the top folder itself. */
static char *
normalise (const char  *name,
           GError     **error)
{
  g_autoptr(GPtrArray) kept = g_ptr_array_new ();
  g_auto(GStrv) parts = NULL;

  if (strlen (name) > MAX_NAME)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "The archive has a name longer than %d bytes", MAX_NAME);
      return NULL;
    }
  if (name[0] == '/' || strchr (name, '\\') != NULL)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "The archive's entry '%s' has no relative name", name);
      return NULL;
    }

  parts = g_strsplit (name, "/", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (g_str_equal (parts[i], ".."))
        {
          sage_throw (error, SAGE_ERROR_INVALID, "The archive's entry '%s' points upwards", name);
          return NULL;
        }
      if (parts[i][0] != '\0' && !g_str_equal (parts[i], "."))
        g_ptr_array_add (kept, parts[i]);
    }

  if (kept->len > MAX_LEVELS)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "The archive's entry '%s' is more than %d folders deep",
                  name, MAX_LEVELS);
      return NULL;
    }

  g_ptr_array_add (kept, NULL);

  return g_strjoinv ("/", (char **) kept->pdata);
}

static char *
entry_name (struct archive_entry  *entry,
            GError               **error)
{
  const char *name = archive_entry_pathname_utf8 (entry);

  if (name == NULL)
    name = archive_entry_pathname (entry);

  if (name == NULL || name[0] == '\0')
    {
      sage_throw (error, SAGE_ERROR_INVALID, "The archive has an entry without a name");
      return NULL;
    }
  if (!g_utf8_validate (name, -1, NULL))
    {
      g_autofree char *shown = g_strescape (name, NULL);

      sage_throw (error, SAGE_ERROR_INVALID, "The archive's entry '%s' is not UTF-8", shown);
      return NULL;
    }
  for (const char *c = name; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      {
        sage_throw (error, SAGE_ERROR_INVALID, "The archive has a name with control characters");
        return NULL;
      }

  return normalise (name, error);
}

/* Two names that some file system would take for one: case and composition folded away. */
static char *
fold (const char *name)
{
  g_autofree char *composed = g_utf8_normalize (name, -1, G_NORMALIZE_DEFAULT);
  g_autofree char *folded = g_utf8_casefold (composed, -1);

  return g_utf8_normalize (folded, -1, G_NORMALIZE_DEFAULT);
}

/* Enters @name, which must be new, or a folder that was entered as one before. */
static gboolean
enter (Extraction  *self,
       const char  *name,
       gboolean     directory,
       gboolean    *fresh,
       GError     **error)
{
  g_autofree char *key = fold (name);
  Node *node = g_hash_table_lookup (self->nodes, key);

  *fresh = node == NULL;

  if (node == NULL)
    {
      if (g_hash_table_size (self->nodes) >= self->limits.max_entries)
        return sage_throw (error, SAGE_ERROR_TOO_LARGE, "The archive has more than %u entries",
                           self->limits.max_entries);

      node = g_new0 (Node, 1);
      node->name = g_strdup (name);
      node->directory = directory;
      g_hash_table_insert (self->nodes, g_steal_pointer (&key), node);
      return TRUE;
    }

  if (!g_str_equal (node->name, name))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "The archive has both '%s' and '%s', which some systems cannot tell apart",
                       node->name, name);
  if (!node->directory || !directory)
    return sage_throw (error, SAGE_ERROR_INVALID, "The archive has '%s' twice", name);

  return TRUE;
}

/* Opens the folder that holds @name, making what is missing; never through a link. The last
 * component is stored in @base. Returns -1 with @error set. */
static int
open_parent (Extraction  *self,
             const char  *name,
             const char **base,
             GError     **error)
{
  int fd = fcntl (self->root, F_DUPFD_CLOEXEC, 3);
  const char *slash;
  const char *begin = name;

  while (fd >= 0 && (slash = strchr (begin, '/')) != NULL)
    {
      g_autofree char *part = g_strndup (begin, slash - begin);
      g_autofree char *path = g_strndup (name, slash - name);
      gboolean fresh;
      int next;

      if (!enter (self, path, TRUE, &fresh, error))
        {
          close (fd);
          return -1;
        }

      if (fresh && mkdirat (fd, part, 0755) != 0)
        next = -1;
      else
        next = openat (fd, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

      close (fd);
      fd = next;
      begin = slash + 1;
    }

  if (fd < 0)
    sage_throw_errno (error, "Making the folder of '%s' failed", name);

  *base = begin;

  return fd;
}

static gboolean
copy_data (Extraction  *self,
           const char  *name,
           int          fd,
           GError     **error)
{
  const void *data;
  la_int64_t offset;
  gsize length;
  int status;

  while ((status = archive_read_data_block (self->archive, &data, &length, &offset)) == ARCHIVE_OK)
    {
      const guint8 *bytes = data;

      while (length > 0)
        {
          gssize n = pwrite (fd, bytes, length, offset);

          if (n < 0 && errno == EINTR)
            continue;
          if (n <= 0)
            return sage_throw_errno (error, "Unpacking '%s' failed", name);

          bytes += n;
          length -= n;
          offset += n;
        }
    }

  return status == ARCHIVE_EOF ? TRUE : throw_archive (self, error);
}

static gboolean
extract_file (Extraction            *self,
              struct archive_entry  *entry,
              const char            *name,
              int                    parent,
              const char            *base,
              GError               **error)
{
  mode_t mode = (archive_entry_perm (entry) & 0111) != 0 ? 0755 : 0644;
  la_int64_t size = archive_entry_size (entry);
  gboolean ok;
  int fd;

  if (size < 0 || (guint64) size > self->limits.max_bytes - self->bytes)
    return sage_throw (error, SAGE_ERROR_TOO_LARGE,
                       "The archive unpacks to more than %" G_GUINT64_FORMAT " bytes",
                       self->limits.max_bytes);
  self->bytes += size;

  fd = openat (parent, base, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (fd < 0)
    return sage_throw_errno (error, "Unpacking '%s' failed", name);

  ok = copy_data (self, name, fd, error);

  /* The tail of a sparse file has no block of its own. */
  if (ok && (ftruncate (fd, size) != 0 || fchmod (fd, mode) != 0))
    ok = sage_throw_errno (error, "Unpacking '%s' failed", name);

  close (fd);

  return ok;
}

static gboolean
extract_symlink (Extraction            *self,
                 struct archive_entry  *entry,
                 const char            *name,
                 int                    parent,
                 const char            *base,
                 GError               **error)
{
  const char *target = archive_entry_symlink_utf8 (entry);

  if (target == NULL)
    target = archive_entry_symlink (entry);
  if (target == NULL || target[0] == '\0' || target[0] == '/' || strlen (target) > MAX_NAME)
    return sage_throw (error, SAGE_ERROR_INVALID, "The archive's link '%s' points outside", name);

  if (symlinkat (target, parent, base) != 0)
    return sage_throw_errno (error, "Unpacking the link '%s' failed", name);

  g_ptr_array_add (self->links, g_strdup (name));

  return TRUE;
}

static gboolean
extract_hardlink (Extraction   *self,
                  const char   *target_text,
                  const char   *name,
                  int           parent,
                  const char   *base,
                  GError      **error)
{
  g_autofree char *target = normalise (target_text, error);
  g_autofree char *key = NULL;
  const char *target_base;
  struct stat info;
  gboolean ok;
  Node *node;
  int fd;

  if (target == NULL)
    return FALSE;

  key = fold (target);
  node = g_hash_table_lookup (self->nodes, key);
  if (node == NULL || node->directory || !g_str_equal (node->name, target))
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "The archive's link '%s' names no file that came before it", name);

  fd = open_parent (self, target, &target_base, error);
  if (fd < 0)
    return FALSE;

  ok = fstatat (fd, target_base, &info, AT_SYMLINK_NOFOLLOW) == 0;
  if (ok && !S_ISREG (info.st_mode))
    ok = sage_throw (error, SAGE_ERROR_INVALID, "The archive's link '%s' names no file", name);
  else if (!ok || linkat (fd, target_base, parent, base, 0) != 0)
    ok = sage_throw_errno (error, "Unpacking the link '%s' failed", name);

  close (fd);

  return ok;
}

/* Makes the entry called @name, whose parents exist and whose name is entered. */
static gboolean
extract_into (Extraction            *self,
              struct archive_entry  *entry,
              const char            *name,
              int                    parent,
              const char            *base,
              gboolean               fresh,
              GError               **error)
{
  const char *hardlink = archive_entry_hardlink (entry);
  mode_t type = archive_entry_filetype (entry);

  if (hardlink != NULL)
    return extract_hardlink (self, hardlink, name, parent, base, error);
  if (type == AE_IFREG)
    return extract_file (self, entry, name, parent, base, error);
  if (type == AE_IFLNK)
    return extract_symlink (self, entry, name, parent, base, error);
  if (type != AE_IFDIR)
    return sage_throw (error, SAGE_ERROR_INVALID,
                       "The archive's entry '%s' is neither a file nor a folder nor a link", name);

  if (fresh && mkdirat (parent, base, 0755) != 0)
    return sage_throw_errno (error, "Making the folder '%s' failed", name);

  return TRUE;
}

static gboolean
extract_entry (Extraction            *self,
               struct archive_entry  *entry,
               GError               **error)
{
  g_autofree char *name = entry_name (entry, error);
  gboolean directory = archive_entry_filetype (entry) == AE_IFDIR &&
                       archive_entry_hardlink (entry) == NULL;
  const char *base;
  gboolean fresh;
  gboolean ok;
  int parent;

  if (name == NULL)
    return FALSE;
  if (name[0] == '\0')
    return directory ? TRUE
                     : sage_throw (error, SAGE_ERROR_INVALID, "The archive has a file named '.'");

  if (++self->n_entries > self->limits.max_entries)
    return sage_throw (error, SAGE_ERROR_TOO_LARGE, "The archive has more than %u entries",
                       self->limits.max_entries);

  parent = open_parent (self, name, &base, error);
  if (parent < 0)
    return FALSE;

  ok = enter (self, name, directory, &fresh, error) &&
       extract_into (self, entry, name, parent, base, fresh, error);
  close (parent);

  return ok;
}

/* Every link must lead to something inside: the kernel walks it, so a chain counts too. */
static gboolean
check_links (Extraction  *self,
             GError     **error)
{
  struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_BENEATH };

  for (guint i = 0; i < self->links->len; i++)
    {
      const char *name = g_ptr_array_index (self->links, i);
      int fd = syscall (SYS_openat2, self->root, name, &how, sizeof how);

      if (fd < 0)
        return sage_throw (error, SAGE_ERROR_INVALID,
                           "The archive's link '%s' does not lead to anything inside it", name);
      close (fd);
    }

  return TRUE;
}

/* After the last entry: at least one block of zeros, and nothing but zeros. */
static gboolean
check_end (Extraction  *self,
           GError     **error)
{
  guint64 consumed = archive_filter_bytes (self->archive, 0);
  const void *buffer;
  gssize n;

  while ((n = eng_archive_source_read (self->source, &buffer, error)) > 0)
    ;
  if (n < 0)
    return FALSE;

  if (eng_archive_source_last_data (self->source) > consumed)
    return sage_throw (error, SAGE_ERROR_CORRUPT, "The archive has data after its end");
  if (eng_archive_source_total (self->source) <
      eng_archive_source_last_data (self->source) + ENG_ARCHIVE_BLOCK)
    return sage_throw (error, SAGE_ERROR_CORRUPT, "The archive is cut off: its end is missing");

  return TRUE;
}

static gboolean
extract_all (Extraction  *self,
             GError     **error)
{
  struct archive_entry *entry;
  int status;

  self->archive = archive_read_new ();
  archive_read_support_format_tar (self->archive);

  if (archive_read_open (self->archive, self, NULL, read_cb, NULL) != ARCHIVE_OK)
    return throw_archive (self, error);

  while ((status = archive_read_next_header (self->archive, &entry)) == ARCHIVE_OK ||
         (status == ARCHIVE_WARN && self->error == NULL))
    {
      if (!extract_entry (self, entry, error))
        {
          if (self->error != NULL && error != NULL && *error == NULL)
            g_propagate_error (error, g_steal_pointer (&self->error));
          return FALSE;
        }
    }

  if (status != ARCHIVE_EOF || self->error != NULL)
    return throw_archive (self, error);

  return check_end (self, error) && check_links (self, error);
}

static void
set_limits (Extraction             *self,
            const EngArchiveLimits *limits)
{
  if (limits != NULL)
    self->limits = *limits;
  if (self->limits.max_bytes == 0)
    self->limits.max_bytes = 20 * G_GUINT64_CONSTANT (1073741824);
  if (self->limits.max_entries == 0)
    self->limits.max_entries = 100000;
  if (self->limits.max_ratio == 0)
    self->limits.max_ratio = 200;
}

/**
 * eng_archive_extract_fd:
 * @fd: (transfer none): a tar file, plain or gzipped, read from where it stands
 * @directory: the folder to make; if it exists it must be empty
 * @limits: (nullable): what the archive may hold at most
 * @error: return location
 *
 * Unpacks an archive that nobody vouches for. Everything is written beneath a folder beside
 * @directory, which takes its name only when the whole archive was good: a refused one leaves
 * nothing. Names that point upwards, that appear twice or differ in case or composition only,
 * links that lead outside, and special files refuse the whole archive; owners, set-id bits and
 * extended attributes are dropped.
 *
 * Returns: whether @directory now holds the archive; else @error is %SAGE_ERROR_INVALID (an entry
 *   that may not be), %SAGE_ERROR_CORRUPT (not a well-formed archive), %SAGE_ERROR_TOO_LARGE,
 *   %SAGE_ERROR_NO_SPACE or %SAGE_ERROR_IO
 */
gboolean
eng_archive_extract_fd (int                      fd,
                        const char              *directory,
                        const EngArchiveLimits  *limits,
                        GError                 **error)
{
  g_auto(Extraction) self = { .root = -1 };
  g_autofree char *partial = g_strdup_printf ("%s.partial-XXXXXX", directory);
  gboolean ok;

  set_limits (&self, limits);
  self.nodes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, node_free);
  self.links = g_ptr_array_new_with_free_func (g_free);
  self.source = eng_archive_source_new (fd, self.limits.max_ratio);

  if (g_mkdtemp_full (partial, 0755) == NULL)
    return sage_throw_errno (error, "Making a folder beside '%s' failed", directory);

  self.root = open (partial, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (self.root < 0)
    ok = sage_throw_errno (error, "Opening '%s' failed", partial);
  else
    ok = extract_all (&self, error);

  if (ok && rename (partial, directory) != 0)
    ok = sage_throw_errno (error, "Making '%s' failed", directory);
  if (!ok)
    sage_dir_remove (partial, NULL);

  return ok;
}

/**
 * eng_archive_extract:
 * @path: a tar file, plain or gzipped
 *
 * As eng_archive_extract_fd(), on a file by name. The file is opened once and what is checked is
 * what is unpacked.
 *
 * Returns: whether @directory now holds the archive
 */
gboolean
eng_archive_extract (const char              *path,
                     const char              *directory,
                     const EngArchiveLimits  *limits,
                     GError                 **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  gboolean ok;

  if (fd < 0)
    return sage_throw_errno (error, "Opening the archive '%s' failed", path);

  ok = eng_archive_extract_fd (fd, directory, limits, error);
  close (fd);

  return ok;
}
