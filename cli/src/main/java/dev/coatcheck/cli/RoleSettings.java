package dev.coatcheck.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The settings of each process of a local fleet. Those of the user take precedence over defaults,
 * but not over what the fleet decides itself: its addresses and its keyset.
 *
 * @param plan where the gateways listen
 * @param keyset the file that all share
 * @param user the {@code COATCHECK_*} settings of {@code up}, which every process gets
 */
record RoleSettings(FleetPlan plan, Path keyset, Map<String, String> user) {

  private static final String ANY_PORT = FleetPlan.LOOPBACK + ":0";

  RoleSettings {
    user = Map.copyOf(user);
  }

  /** The local Lambda, which listens on {@code address}. */
  Map<String, String> lambda(String address) {
    return merge(
        Map.of("COATCHECK_FUNCTION_URL_ORIGINS", plan.origins()),
        Map.of("COATCHECK_LISTEN", address));
  }

  /**
   * The generator at {@code address}.
   *
   * @param endpoint the URL of the local Lambda
   * @param generators the addresses of all generators
   */
  Map<String, String> generator(String endpoint, String address, List<String> generators) {
    return merge(
        Map.of(
            "COATCHECK_MEMORY",
            "1GiB",
            "COATCHECK_LAMBDA_FUNCTION",
            "map=map,bytes=bytes",
            "COATCHECK_LAMBDA_ENDPOINT",
            endpoint,
            "COATCHECK_CALLBACK_URL",
            "http://" + plan.http(1)),
        Map.of(
            "COATCHECK_LISTEN", address,
            "COATCHECK_ADVERTISE", address,
            "COATCHECK_PEERS", FleetPlan.generatorsAt(generators),
            "COATCHECK_MANAGEMENT", ANY_PORT,
            "COATCHECK_KEYSET", keyset.toString()));
  }

  /**
   * Gateway {@code number}, counted from 1.
   *
   * @param endpoint the URL of the local Lambda
   * @param generators the addresses of all generators
   */
  Map<String, String> gateway(String endpoint, int number, List<String> generators) {
    return merge(
        Map.of("COATCHECK_FUNCTION_URL", endpoint + "/url/map/"),
        Map.of(
            "COATCHECK_HTTP", plan.http(number),
            "COATCHECK_GRPC", plan.grpc(number),
            "COATCHECK_MANAGEMENT", ANY_PORT,
            "COATCHECK_GENERATORS", FleetPlan.generatorsAt(generators),
            "COATCHECK_KEYSET", keyset.toString()));
  }

  private Map<String, String> merge(Map<String, String> defaults, Map<String, String> decided) {
    Map<String, String> all = new HashMap<>(defaults);
    all.putAll(user);
    all.putAll(decided);
    return all;
  }
}
