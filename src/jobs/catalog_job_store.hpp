#pragma once

#include "jobs/job_store.hpp"
#include "store/catalog/catalog.hpp"

namespace burnish::jobs {

// Keeps jobs in the catalog.
class CatalogJobStore final : public JobStore {
 public:
  explicit CatalogJobStore(store::Catalog& catalog) : catalog_(catalog) {}
  void Save(const Job& job) override;
  std::vector<Job> Unfinished() override;

 private:
  store::Catalog& catalog_;
};

}  // namespace burnish::jobs
