#include "plugin/core/uidl/plan_formulas.h"

#include <algorithm>
#include <span>

#include "plugin/core/base/text.h"

namespace pop3_legacy::uidl {

Result<PlanFormulas> PlanFormulas::make(Maildrop& maildrop, const Plan& plan, bool dovecot_last) {
  PlanFormulas made(maildrop);
  for (const auto& cutover : plan.cutovers) {
    made.cutovers_.push_back({cutover.before, rows(cutover.chain)});
  }
  made.chain_ = {0, rows(plan.chain)};
  if (plan.uses("template")) {
    Result<Template> form = Template::parse(plan.form);
    if (!form) return form.error();
    made.form_ = std::move(form.value());
    made.form_may_change_ = plan.form.find("{received") != std::string::npos;
  }
  if (dovecot_last) made.end_with(*find_scheme("dovecot"));
  if (plan.uses("hmac-sha256")) {
    Result<std::string> key = maildrop.read_key(plan.key_file);
    if (!key) return key.error();
    made.key_ = std::move(key.value());
  }
  return made;
}

std::vector<const Scheme*> PlanFormulas::rows(const std::vector<std::string>& names) {
  std::vector<const Scheme*> found;
  for (const std::string& name : names) {
    // "host" has no scheme. Other unknown names were refused when the plan was read.
    if (const Scheme* scheme = find_scheme(name)) found.push_back(scheme);
  }
  return found;
}

void PlanFormulas::end_with(const Scheme& scheme) {
  chain_.schemes.push_back(&scheme);
  for (Chain& cutover : cutovers_) cutover.schemes.push_back(&scheme);
}

Result<std::string> PlanFormulas::key_mark() {
  if (!keyed()) return std::string();
  const Result<Hasher*> hasher = this->hasher();
  if (!hasher) return hasher.error();
  const auto digest = hasher.value()->hmac_sha256(key_, "dovecot-pop3-legacy key mark");
  if (!digest) return digest.error();
  return hex(std::span(digest.value()).first(8));
}

bool PlanFormulas::counts_uids() const {
  return counts_uids(chain_) || std::any_of(cutovers_.begin(), cutovers_.end(),
                                            [this](const Chain& c) { return counts_uids(c); });
}

bool PlanFormulas::counts_uids(const Chain& chain) const {
  return std::any_of(chain.schemes.begin(), chain.schemes.end(), [this](const Scheme* scheme) {
    return scheme->counts_uids || (scheme->name == "template" && form_ && form_->counts_uids());
  });
}

std::optional<UidForm> PlanFormulas::uid_form(UidValidity validity) const {
  if (!cutovers_.empty() || chain_.schemes.empty()) return std::nullopt;
  const Scheme& first = *chain_.schemes.front();
  std::optional<UidForm> form;
  if (first.name == "template" && form_) {
    form = form_->uid_form(validity, uid_offset_);
  } else if (first.uid_form != nullptr) {
    form = first.uid_form(validity);
    if (first.counts_uids) form->offset = uid_offset_;
  }
  return form && form->longest() <= longest_ ? form : std::nullopt;
}

Result<PlanFormulas::RawName> PlanFormulas::name(Facts& facts) {
  const Result<const Chain*> chain = chain_of(facts);
  if (!chain) return chain.error();
  RawName named;
  // A received date may move to the other side of a cutover.
  named.may_change = !cutovers_.empty();
  for (const Scheme* scheme : chain.value()->schemes) {
    named.may_change = named.may_change || may_change(*scheme);
    Result<std::optional<std::string>> id = by(*scheme, facts);
    if (!id) return id.error();
    named.id = std::move(id.value());
    named.by = scheme;
    if (named.id) break;
  }
  return named;
}

Result<const PlanFormulas::Chain*> PlanFormulas::chain_of(Facts& facts) const {
  if (cutovers_.empty()) return &chain_;
  const Result<std::int64_t> received = facts.received();
  if (!received) return received.error();
  const auto cutover = std::find_if(cutovers_.begin(), cutovers_.end(),
                                    [&](const Chain& c) { return received.value() < c.before; });
  return cutover == cutovers_.end() ? &chain_ : &*cutover;
}

// The old file may disappear, or may later contain a number for a message it lacks now. An envelope
// line disappears with the mbox.
bool PlanFormulas::may_change(const Scheme& scheme) const {
  return scheme.needs == Needs::old_file || scheme.needs >= Needs::envelope ||
         (form_may_change_ && scheme.name == "template");
}

Result<std::optional<std::string>> PlanFormulas::by(const Scheme& scheme, Facts& facts) {
  // A message's header or body is read only once: the cache has "+ID", or "-" for no id.
  const bool dear = scheme.needs >= Needs::header;
  if (dear) {
    const std::optional<std::string> known = maildrop_->derived(cached_as(scheme));
    if (known && known->starts_with('+')) return counted(scheme, known->substr(1), longest_);
    if (known) return std::optional<std::string>();
  }
  Result<std::optional<std::string>> id = scheme.formula(facts, context());
  if (!id && scheme.needs == Needs::old_file && id.error().kind != Failure::gone) {
    failed_for_all_ = true;
  }
  if (!id) return id;
  if (dear) maildrop_->keep_derived(cached_as(scheme), id.value() ? "+" + *id.value() : "-");
  return counted(scheme, std::move(id.value()), longest_);
}

Context PlanFormulas::context() {
  return {.hasher = [this] { return hasher(); },
          .form = form_ ? &*form_ : nullptr,
          .key = key_,
          .owner = owner_,
          .longest = longest_,
          .uid_offset = uid_offset_};
}

Result<Hasher*> PlanFormulas::hasher() {
  Result<Hasher*> hasher = maildrop_->hasher();
  failed_for_all_ = failed_for_all_ || !hasher;
  return hasher;
}

}  // namespace pop3_legacy::uidl
