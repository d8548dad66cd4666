# burnish_web_app: the built web app inside the binary, as burnish::http::WebApp(). Without a built ui/dist the list is
# empty and the server says so. ./dev moves the stamp whenever it has built ui/dist.
set(web_app_stamp "${PROJECT_SOURCE_DIR}/build/web-app.built")
if(NOT EXISTS "${web_app_stamp}")
  execute_process(COMMAND touch -d @1 "${web_app_stamp}")
endif()

set(web_app_dir "${PROJECT_BINARY_DIR}/generated/web_app")
add_custom_command(
  OUTPUT "${web_app_dir}/web_app.cpp" "${web_app_dir}/web_app.bin"
  COMMAND "${BURNISH_THIRD_PARTY}/venv-build/bin/python" "${PROJECT_SOURCE_DIR}/cmake/pack_web_app.py"
          "${PROJECT_SOURCE_DIR}/ui/dist" "${web_app_dir}"
  DEPENDS "${PROJECT_SOURCE_DIR}/cmake/pack_web_app.py" "${PROJECT_SOURCE_DIR}/cmake/generated_source.py"
          "${web_app_stamp}"
  COMMENT "Packing the web app"
  VERBATIM)
add_library(burnish_web_app STATIC "${web_app_dir}/web_app.cpp")
set_source_files_properties("${web_app_dir}/web_app.cpp" PROPERTIES OBJECT_DEPENDS "${web_app_dir}/web_app.bin")
target_link_libraries(burnish_web_app PRIVATE burnish_options)
