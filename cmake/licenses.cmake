# burnish_licenses: every shipped part with its licence, as burnish::base::ShippedParts().
set(licenses_dir "${PROJECT_BINARY_DIR}/generated/licenses")
add_custom_command(
  OUTPUT "${licenses_dir}/licenses.cpp" "${licenses_dir}/licenses.bin"
  COMMAND "${BURNISH_THIRD_PARTY}/venv-build/bin/python" "${PROJECT_SOURCE_DIR}/cmake/list_licenses.py"
          "${PROJECT_SOURCE_DIR}" "${BURNISH_THIRD_PARTY}" "${PROJECT_VERSION}" "${licenses_dir}"
  DEPENDS "${PROJECT_SOURCE_DIR}/cmake/list_licenses.py" "${PROJECT_SOURCE_DIR}/cmake/generated_source.py"
          "${PROJECT_SOURCE_DIR}/setup/shipped.toml" "${PROJECT_SOURCE_DIR}/setup/native/package-lock.json"
          "${PROJECT_SOURCE_DIR}/ui/package-lock.json" "${PROJECT_SOURCE_DIR}/LICENSE"
  COMMENT "Listing the licences of all parts"
  VERBATIM)
add_library(burnish_licenses STATIC "${licenses_dir}/licenses.cpp")
set_source_files_properties("${licenses_dir}/licenses.cpp" PROPERTIES OBJECT_DEPENDS "${licenses_dir}/licenses.bin")
target_link_libraries(burnish_licenses PRIVATE burnish_options)
