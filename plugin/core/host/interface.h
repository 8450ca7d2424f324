/// The base of what a host implements.
#ifndef POP3_LEGACY_CORE_HOST_INTERFACE_H
#define POP3_LEGACY_CORE_HOST_INTERFACE_H

namespace pop3_legacy::host {

/// Is not copied, and not deleted by this base: the host owns what it implements.
class Interface {
 public:
  Interface() = default;
  Interface(const Interface&) = delete;
  Interface& operator=(const Interface&) = delete;
  Interface(Interface&&) = delete;
  Interface& operator=(Interface&&) = delete;

 protected:
  ~Interface() = default;
};

}  // namespace pop3_legacy::host

#endif
