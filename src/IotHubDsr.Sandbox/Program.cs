using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using IotHubDsr.Sandbox;

var options = new SandboxOptions();
for (var index = 0; index + 1 < args.Length; index += 2)
{
    var value = int.Parse(args[index + 1], NumberStyles.None, CultureInfo.InvariantCulture);
    options = args[index] switch
    {
        "--seed" => options with { Seed = value },
        "--port" => options with { Port = value },
        "--scale" => options with { Scale = value },
        var unknown => throw new ArgumentException($"Unknown argument '{unknown}'. Known: --seed N, --port N, --scale N."),
    };
}

var ended = new TaskCompletionSource();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => End(signal));
// Ctrl-C in a terminal reaches every process of the group. The session that started the sandbox handles it and may live on.
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);

await using var server = await SandboxServer.StartAsync(options, CancellationToken.None);
using var output = Console.OpenStandardOutput();
await output.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(server.Descriptor, SandboxJson.Default.SandboxDescriptor));
await output.WriteAsync("\n"u8.ToArray());
await output.FlushAsync();

// The pipe to standard input closes when the parent ends, however it ends: nobody has to clean up after a killed session.
using var input = Console.OpenStandardInput();
await Task.WhenAny(input.CopyToAsync(Stream.Null), ended.Task);
return 0;

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    ended.TrySetResult();
}
