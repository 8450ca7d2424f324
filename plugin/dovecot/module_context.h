/// What we attach to Dovecot's objects (users, mailboxes, mails), in their `module_contexts`.
/// Dovecot's MODULE_CONTEXT_SET does not compile as C++.
#ifndef POP3_LEGACY_DOVECOT_MODULE_CONTEXT_H
#define POP3_LEGACY_DOVECOT_MODULE_CONTEXT_H

#include "plugin/dovecot/host.h"

namespace pop3_legacy::dovecot {

/// `id` was defined by MODULE_CONTEXT_DEFINE_INIT.
template <class Object, class Id>
void set_module_context(Object* object, Id& id, void* context) {
  array_idx_set_i(&object->module_contexts.arr, module_get_context_id(&id.id), &context);
}

/// nullptr if none was set.
template <class Context, class Object, class Id>
Context* module_context(Object* object, Id& id) {
  return static_cast<Context*>(static_cast<void*>(MODULE_CONTEXT(object, id)));
}

}  // namespace pop3_legacy::dovecot

#endif
