#include "store/catalog/migrations.hpp"

namespace burnish::store {
namespace {

Migration FirstWalk() {
  return {1,
          "the first walk",
          {
              R"(CREATE TABLE people (
                   id TEXT NOT NULL PRIMARY KEY,
                   name TEXT NOT NULL,
                   created BIGINT NOT NULL))",
              R"(CREATE TABLE login_tokens (
                   hash TEXT NOT NULL PRIMARY KEY,
                   person TEXT NOT NULL REFERENCES people (id),
                   expires BIGINT NOT NULL))",
              R"(CREATE TABLE sessions (
                   hash TEXT NOT NULL PRIMARY KEY,
                   person TEXT NOT NULL REFERENCES people (id),
                   opened BIGINT NOT NULL,
                   last_used BIGINT NOT NULL))",
              // head: the last change; head_hash: its hash; next_ordinal: of the next sample. The row that
              // every append locks.
              R"(CREATE TABLE projects (
                   id TEXT NOT NULL PRIMARY KEY,
                   name TEXT NOT NULL,
                   settings TEXT NOT NULL,
                   created BIGINT NOT NULL,
                   trashed BIGINT,
                   head BIGINT NOT NULL,
                   head_hash TEXT NOT NULL,
                   next_ordinal BIGINT NOT NULL))",
              R"(CREATE TABLE memberships (
                   project TEXT NOT NULL REFERENCES projects (id),
                   person TEXT NOT NULL REFERENCES people (id),
                   role BIGINT NOT NULL,
                   PRIMARY KEY (project, person)))",
              "CREATE INDEX memberships_by_person ON memberships (person)",
              R"(CREATE TABLE media_roots (
                   project TEXT NOT NULL REFERENCES projects (id),
                   name TEXT NOT NULL,
                   path TEXT NOT NULL,
                   PRIMARY KEY (project, name)))",
              // The log. parity: 0 for what does or redoes, 1 for what undoes; root_kind: the kind of the change
              // at the end of a chain of undos. Either delta (JSON) or delta_blob holds what was done.
              R"(CREATE TABLE changes (
                   project TEXT NOT NULL REFERENCES projects (id),
                   sequence BIGINT NOT NULL,
                   operation TEXT NOT NULL,
                   author TEXT NOT NULL,
                   at BIGINT NOT NULL,
                   kind BIGINT NOT NULL,
                   root_kind BIGINT NOT NULL,
                   parity BIGINT NOT NULL,
                   summary TEXT NOT NULL,
                   reason TEXT NOT NULL,
                   import TEXT,
                   import_first BIGINT,
                   import_count BIGINT,
                   import_batch TEXT,
                   run TEXT,
                   undoes BIGINT,
                   delta TEXT,
                   delta_blob TEXT,
                   hash TEXT NOT NULL,
                   PRIMARY KEY (project, sequence),
                   UNIQUE (project, undoes)))",
              "CREATE INDEX changes_by_author ON changes (project, author, sequence)",
              R"(CREATE TABLE operations (
                   scope TEXT NOT NULL,
                   operation TEXT NOT NULL,
                   digest TEXT NOT NULL,
                   result TEXT NOT NULL,
                   at BIGINT NOT NULL,
                   PRIMARY KEY (scope, operation)))",
              R"(CREATE TABLE classes (
                   project TEXT NOT NULL REFERENCES projects (id),
                   id BIGINT NOT NULL,
                   name TEXT NOT NULL,
                   retired BIGINT NOT NULL,
                   merged_into BIGINT,
                   changed BIGINT NOT NULL,
                   PRIMARY KEY (project, id)))",
              R"(CREATE TABLE tags (
                   project TEXT NOT NULL REFERENCES projects (id),
                   id BIGINT NOT NULL,
                   name TEXT NOT NULL,
                   added BIGINT NOT NULL,
                   PRIMARY KEY (project, id),
                   UNIQUE (project, name)))",
              R"(CREATE TABLE fields (
                   project TEXT NOT NULL REFERENCES projects (id),
                   id BIGINT NOT NULL,
                   name TEXT NOT NULL,
                   type BIGINT NOT NULL,
                   PRIMARY KEY (project, id),
                   UNIQUE (project, name)))",
              R"(CREATE TABLE versions (
                   project TEXT NOT NULL REFERENCES projects (id),
                   id TEXT NOT NULL,
                   name TEXT NOT NULL,
                   note TEXT NOT NULL,
                   sequence BIGINT NOT NULL,
                   digest TEXT NOT NULL,
                   author TEXT NOT NULL,
                   at BIGINT NOT NULL,
                   PRIMARY KEY (project, id),
                   UNIQUE (project, name)))",
              R"(CREATE TABLE model_runs (
                   project TEXT NOT NULL REFERENCES projects (id),
                   id TEXT NOT NULL,
                   name TEXT NOT NULL,
                   kind BIGINT NOT NULL,
                   status BIGINT NOT NULL,
                   trained_on BIGINT,
                   artifact TEXT NOT NULL,
                   details TEXT NOT NULL,
                   created BIGINT NOT NULL,
                   withdrawn BIGINT NOT NULL,
                   PRIMARY KEY (project, id)))",
              R"(CREATE TABLE imports (
                   project TEXT NOT NULL REFERENCES projects (id),
                   id TEXT NOT NULL,
                   author TEXT NOT NULL,
                   state BIGINT NOT NULL,
                   source TEXT NOT NULL,
                   options TEXT NOT NULL,
                   report TEXT NOT NULL,
                   sequence BIGINT,
                   created BIGINT NOT NULL,
                   PRIMARY KEY (project, id)))",
              R"(CREATE TABLE stored_sets (
                   project TEXT NOT NULL REFERENCES projects (id),
                   id TEXT NOT NULL,
                   author TEXT NOT NULL,
                   blob TEXT NOT NULL,
                   count BIGINT NOT NULL,
                   created BIGINT NOT NULL,
                   PRIMARY KEY (project, id)))",
              R"(CREATE TABLE preferences (
                   person TEXT NOT NULL REFERENCES people (id),
                   key TEXT NOT NULL,
                   value TEXT NOT NULL,
                   PRIMARY KEY (person, key)))",
              R"(CREATE TABLE jobs (
                   project TEXT NOT NULL,
                   id TEXT NOT NULL,
                   person TEXT NOT NULL,
                   kind TEXT NOT NULL,
                   state BIGINT NOT NULL,
                   priority BIGINT NOT NULL,
                   progress TEXT NOT NULL,
                   resume TEXT NOT NULL,
                   error TEXT NOT NULL,
                   created BIGINT NOT NULL,
                   started BIGINT,
                   finished BIGINT,
                   PRIMARY KEY (project, id)))",
              "CREATE INDEX jobs_by_state ON jobs (state)",
              // One chain per project, and one (project '') for the server.
              R"(CREATE TABLE audit (
                   project TEXT NOT NULL,
                   number BIGINT NOT NULL,
                   at BIGINT NOT NULL,
                   person TEXT NOT NULL,
                   action TEXT NOT NULL,
                   thing TEXT NOT NULL,
                   details TEXT NOT NULL,
                   hash TEXT NOT NULL,
                   PRIMARY KEY (project, number)))",
              R"(CREATE TABLE audit_heads (
                   project TEXT NOT NULL PRIMARY KEY,
                   number BIGINT NOT NULL,
                   hash TEXT NOT NULL))",
          }};
}

}  // namespace

const std::vector<Migration>& Migrations() {
  static const std::vector<Migration> migrations = {FirstWalk()};
  return migrations;
}

}  // namespace burnish::store
