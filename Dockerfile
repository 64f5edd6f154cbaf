# The processes of a fleet, an image each: docker build --target generator .
# What they hold is what ./coatcheck build has made, and the script that starts it with its flags.

FROM eclipse-temurin:25-jre AS base
RUN groupadd --gid 10001 coatcheck \
 && useradd --uid 10001 --gid coatcheck --no-create-home --home-dir /tmp --shell /usr/sbin/nologin coatcheck
WORKDIR /opt/coatcheck
COPY coatcheck ./
USER 10001:10001

FROM base AS keyset
COPY cli/target/lib cli/target/lib
COPY cli/target/coatcheck-cli.jar cli/target/
ENTRYPOINT ["./coatcheck", "keyset"]

FROM base AS lambda
COPY lambda/map-function/target/lib lambda/map-function/target/lib
COPY lambda/map-function/target/coatcheck-map-function.jar lambda/map-function/target/
COPY lambda/local-runtime/target/lib lambda/local-runtime/target/lib
COPY lambda/local-runtime/target/coatcheck-local-lambda.jar lambda/local-runtime/target/
ENTRYPOINT ["./coatcheck", "lambda"]

FROM base AS generator
COPY generator-service/target/lib generator-service/target/lib
COPY generator-service/target/coatcheck-generator.jar generator-service/target/
ENTRYPOINT ["./coatcheck", "generator"]

FROM base AS gateway
COPY gateway-service/target/lib gateway-service/target/lib
COPY gateway-service/target/coatcheck-gateway.jar gateway-service/target/
ENTRYPOINT ["./coatcheck", "gateway"]
