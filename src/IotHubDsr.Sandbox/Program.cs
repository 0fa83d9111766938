using System.Runtime.InteropServices;
using System.Text.Json;
using IotHubDsr.Sandbox;
using Microsoft.AspNetCore.Connections;

SandboxOptions options;
try
{
    options = SandboxOptions.Parse(args);
}
catch (ArgumentException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 2;
}

var ended = new TaskCompletionSource();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => End(signal));
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);

SandboxServer started;
try
{
    started = await SandboxServer.StartAsync(options, CancellationToken.None);
}
catch (IOException exception) when (exception.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync(
        $"Port {options.Port} of 127.0.0.1 is in use by another process; without -Port a free one is taken."
    );
    return 3;
}

await using SandboxServer server = started;
using Stream output = Console.OpenStandardOutput();
await output.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(server.Descriptor, SandboxJson.Default.SandboxDescriptor));
await output.WriteAsync("\n"u8.ToArray());
await output.FlushAsync();

// The pipe to standard input closes when the parent ends, however it ends: nobody has to clean up after a killed session.
using Stream input = Console.OpenStandardInput();
await Task.WhenAny(input.CopyToAsync(Stream.Null), ended.Task);
return 0;

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    ended.TrySetResult();
}

void Interrupt(PosixSignalContext signal)
{
    // Ctrl-C in a terminal reaches every process of the group. The session that started the sandbox handles it and may live on.
    if (Console.IsInputRedirected)
        signal.Cancel = true;
    else
        End(signal);
}
