using System.Diagnostics;
using System.Text.Json;
using Azure.Core.Pipeline;
using IotHubDsr.Benchmarks.Erasures;
using IotHubDsr.Core;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Tests.Azurite;

namespace IotHubDsr.Benchmarks.Scale;

/// <summary>What a worker of its own process works on.</summary>
/// <param name="Sandbox">The sandbox.</param>
/// <param name="Store">Container of the requests.</param>
/// <param name="Engine">The engine that carries units.</param>
internal sealed record ScaleOrder(WorkerSandbox Sandbox, string Store, EngineAccount Engine)
{
    /// <summary>Whether units only wait.</summary>
    public bool IsLatency { get; init; }

    /// <summary>The time in the sandbox; null for that of the machine.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>How fast the sandbox's clock runs.</summary>
    public double ClockRate { get; init; } = 1;

    /// <summary>How long there has to be nothing to do before it ends.</summary>
    public double PatienceSeconds { get; init; } = 20;
}

/// <summary>What a worker has done.</summary>
internal sealed record ScaleReport(int Parts, double PeakMib);

/// <summary>A worker as Start-IotDsrWorker is one. Its requests carry the name that segments know it by, which it tells first.</summary>
internal static class ScaleWorker
{
    public const string Name = "scale-worker";

    public static async Task<int> RunAsync(TextReader input, TextWriter output)
    {
        ScaleOrder order = JsonSerializer.Deserialize<ScaleOrder>(await input.ReadLineAsync() ?? "null")
            ?? throw new InvalidOperationException("An order is read from standard input.");
        using var ending = new CancellationTokenSource();

        // The console's reader blocks whoever reads it.
        _ = Task.Run(() => EndAsync(input, ending));
        int parts;
        try
        {
            parts = order.IsLatency ? await WaitAsync(order, output, ending.Token) : await WorkAsync(order, output, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            parts = 0;
        }

        using var self = Process.GetCurrentProcess();
        await output.WriteLineAsync(JsonSerializer.Serialize(new ScaleReport(parts, self.PeakWorkingSet64 / 1024.0 / 1024.0)));
        return 0;
    }

    private static async Task EndAsync(TextReader input, CancellationTokenSource ending)
    {
        while (await input.ReadLineAsync() is not null) { }
        await ending.CancelAsync();
    }

    private static async Task<int> WorkAsync(ScaleOrder order, TextWriter output, CancellationToken cancellationToken)
    {
        TimeProvider clock = order.Now is { } now ? new StartedClock(now, order.ClockRate) : TimeProvider.System;
        var engine = new DsrEngine(clock, engines: _ => new NamedEngines(new EngineOnAzurite(order.Engine.ToStorage()), output));
        var options = new WorkerOptions
        {
            Store = order.Store,
            Sandbox = order.Sandbox.ToSandbox(),
            Patience = TimeSpan.FromSeconds(order.PatienceSeconds * order.ClockRate),
        };
        int parts = 0;
        await foreach (DsrEvent next in engine.WorkAsync(options, cancellationToken))
            parts = (next as OutputEvent<WorkerRun>)?.Value.Parts ?? parts;
        return parts;
    }

    private static async Task<int> WaitAsync(ScaleOrder order, TextWriter output, CancellationToken cancellationToken)
    {
        using AzureAccess access = OpenAccess(order.Sandbox);
        var store = new ContainerEvidence(access, new Uri(order.Store), TimeProvider.System);
        var worker = new UnitWorker(store, new LatencyOpener(), TimeProvider.System);
        var engines = new NamedEngines(new EngineOnAzurite(order.Engine.ToStorage()), output);
        await engines.OpenHost(store, worker.Name).RunAsync(worker.DoAsync, cancellationToken);
        return worker.Done;
    }

    public static AzureAccess OpenAccess(WorkerSandbox at)
    {
        IotHubSandbox sandbox = at.ToSandbox();
        return new AzureAccess(SandboxCloud.For(sandbox), access =>
            Credentials.ForApplication(access, sandbox.TenantId, sandbox.ClientId, sandbox.ClientSecret)
        );
    }

    private sealed class LatencyOpener : IUnitOpener, IUnitDoer
    {
        public Task<IUnitDoer> OpenAsync(UnitToDo unit, CancellationToken cancellationToken) => Task.FromResult<IUnitDoer>(this);

        public Task<byte[]> DoAsync(ReadOnlyMemory<byte> packed, CancellationToken cancellationToken) =>
            LatencyUnit.DoAsync(packed, cancellationToken);
    }

    /// <summary>All that a worker sends is marked with its name, so that a service tells whose a request was.</summary>
    private sealed class NamedEngines(EngineOnAzurite inner, TextWriter output) : IUnitEngines
    {
        public Task<IUnitEngine> OpenAsync(ISegmentStore store, CancellationToken cancellationToken) =>
            inner.OpenAsync(store, cancellationToken);

        public IUnitHost OpenHost(ISegmentStore store, string worker)
        {
            output.WriteLine(worker);
            output.Flush();
            return new NamedHost(inner.OpenHost(store, worker), worker);
        }
    }

    private sealed class NamedHost(IUnitHost inner, string worker) : IUnitHost
    {
        public async Task RunAsync(Func<UnitTicket, CancellationToken, Task<UnitAnswer>> work, CancellationToken cancellationToken)
        {
            await inner.RunAsync(
                async (ticket, token) =>
                {
                    using (HttpPipeline.CreateClientRequestIdScope(worker))
                        return await work(ticket, token);
                },
                cancellationToken
            );
        }
    }
}
