package dev.coatcheck.cli;

import com.google.protobuf.Struct;
import dev.coatcheck.client.CoatcheckClient;
import dev.coatcheck.client.CoatcheckException;
import dev.coatcheck.client.ImagePickup;
import dev.coatcheck.contract.IoReason;
import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.ErrorReason;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code get}: creates an image and downloads it to a file. */
@Command(
    name = "get",
    description = {
      "Creates an image and writes it to a file while it is generated. Resumes broken downloads,"
          + " verifies the checksums, and acknowledges the receipt.",
      "The file appears only when it is complete; the bytes so far are in FILE.*.part."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      " 0:the image is complete",
      " 1:another failure, such as a full disk",
      " 2:usage error: an option, or a spec that the function rejects",
      " 3:the image no longer exists: delivered, expired, deleted, lost or unknown",
      " 4:the function failed, timed out, or made no image",
      " 5:temporary failure, retry: no memory, no gateway, claimed, or --timeout reached",
      " 6:integrity check failed",
      " 130, 143:ended by Ctrl-C or SIGTERM"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Coatcheck.Version.class)
final class GetCommand implements Callable<Integer> {

  private static final String DEFAULT_GATEWAY = "http://localhost:8080";
  private static final String STANDARD_OUTPUT = "-";

  @Spec private CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  @Option(
      names = "--spec",
      paramLabel = "JSON",
      description = "input of the function, such as '{\"zoom\": 6, \"width\": 4096}'")
  private String imageSpec = "";

  @Option(
      names = "--resume",
      paramLabel = "KEY",
      description = "pick up an image that was created before, instead of a new one")
  private String resume = "";

  @Option(
      names = "--claim",
      paramLabel = "CLAIM",
      description = "with --resume: the claim token of the download to resume")
  private String claim = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "target file; - is standard output")
  private String output = "";

  @Option(
      names = "--gateway",
      paramLabel = "URL",
      description =
          "the HTTP address of any gateway, from which its gRPC port is read; or its gRPC address,"
              + " grpc://host:port (grpcs:// with TLS); default: "
              + DEFAULT_GATEWAY)
  private String gateway = DEFAULT_GATEWAY;

  @Option(names = "--function", paramLabel = "NAME", description = "the function to call")
  private String function = "";

  @Option(
      names = "--transfer",
      paramLabel = "HOW",
      description = "AUTO (default), BUFFERED, RESPONSE_STREAM or CALLBACK")
  private CreateImageRequest.Transfer transfer = CreateImageRequest.Transfer.AUTO;

  @Option(
      names = "--max-bytes",
      paramLabel = "N",
      description = "maximum size of the image; default: the fleet's")
  private long maxBytes;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "maximum time in all; default: none")
  private int timeout;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      description = "how long to retry while nothing arrives; default: 60")
  private int patience = 60;

  @Option(names = "--quiet", description = "print errors only")
  private boolean quiet;

  @Option(
      names = "--json",
      description =
          "print one JSON object a line, on standard output (with -o -, on standard error)")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    OutputTarget target = target();
    GetOutput out = out();
    GatewayAddress address = address();
    CoatcheckClient.Builder builder =
        CoatcheckClient.builder(address.target()).patience(Duration.ofSeconds(patience));
    try (CoatcheckClient client = (address.tls() ? builder.tls() : builder).build()) {
      ImagePickup pickup = pickup(client).acknowledge().listener(out);
      if (timeout > 0) {
        pickup.deadline(Duration.ofSeconds(timeout));
      }
      try (var onSignal = new InterruptHook(pickup);
          var size = new SizePoller(client, pickup, out)) {
        size.start();
        return receive(target, pickup, out, onSignal);
      }
    }
  }

  private int receive(
      OutputTarget target, ImagePickup pickup, GetOutput out, InterruptHook onSignal) {
    int code;
    try {
      target.receive(pickup, out);
      code = ExitCodes.OK;
    } catch (CoatcheckException e) {
      code = GetFailure.exitCode(e);
      String reason =
          e.reason() == ErrorReason.ERROR_REASON_UNSPECIFIED ? e.kind().name() : e.reason().name();
      out.failed(code, reason, GetFailure.message(e), e.isRetryable() ? resumeCommand(pickup) : "");
    } catch (IOException e) {
      code = ExitCodes.FAILED;
      out.failed(code, "", output + " cannot be written: " + IoReason.of(e), resumeCommand(pickup));
    }
    onSignal.told();
    return code;
  }

  private ImagePickup pickup(CoatcheckClient client) {
    if (!resume.isEmpty()) {
      return client.resume(resume, claim);
    }
    return client.generate(
        CreateImageRequest.newBuilder()
            .setSpec(parsedSpec())
            .setFunction(function)
            .setTransfer(transfer)
            .setMaxBytes(maxBytes)
            .build());
  }

  /** What is wrong is told before anything is called. */
  private OutputTarget target() throws Failure {
    if (imageSpec.isEmpty() == resume.isEmpty()) {
      throw wrong("one of --spec and --resume is needed");
    }
    if (!claim.isEmpty() && resume.isEmpty()) {
      throw wrong("--claim goes with --resume");
    }
    if (timeout < 0 || patience < 0 || maxBytes < 0) {
      throw wrong("--timeout, --patience, --max-bytes: (expected: 0 or more)");
    }
    if (!imageSpec.isEmpty()) {
      parsedSpec();
    }
    return output.equals(STANDARD_OUTPUT) ? OutputTarget.standardOutput() : OutputTarget.of(file());
  }

  private Path file() {
    try {
      if (!output.isEmpty()) {
        return Path.of(output);
      }
    } catch (InvalidPathException e) {
      // Told below.
    }
    throw wrong(
        "--output: "
            + UntrustedText.quote(output)
            + " (expected: the name of a file, or - for standard output)");
  }

  private Struct parsedSpec() {
    try {
      return SpecJson.parse(imageSpec);
    } catch (IllegalArgumentException e) {
      throw wrong("--spec: " + e.getMessage());
    }
  }

  private GatewayAddress address() throws Failure, InterruptedException {
    try {
      return GatewayAddress.of(gateway);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private GetOutput out() {
    Printer err = new Printer(spec.commandLine().getErr());
    if (json) {
      return new JsonOutput(
          output.equals(STANDARD_OUTPUT) ? err : new Printer(spec.commandLine().getOut()));
    }
    if (quiet) {
      return GetOutput.quiet(err);
    }
    int columns = Integer.getInteger("coatcheck.columns", 0);
    return columns > 0 ? new ProgressBar(err, columns) : new PlainOutput(err);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Empty while the image has no name. */
  private String resumeCommand(ImagePickup pickup) {
    if (pickup.name().isEmpty()) {
      return "";
    }
    List<String> words = new ArrayList<>(List.of(CommandName.get() + " get --resume"));
    words.add(pickup.name().substring(pickup.name().indexOf('/') + 1));
    if (!pickup.claim().isEmpty()) {
      words.add("--claim " + pickup.claim());
    }
    words.add("-o " + (output.equals(STANDARD_OUTPUT) ? "FILE" : CommandName.quoted(output)));
    if (!gateway.equals(DEFAULT_GATEWAY)) {
      words.add("--gateway " + CommandName.quoted(gateway));
    }
    return String.join(" ", words);
  }
}
