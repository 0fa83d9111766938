using System.Net.Http.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Control;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Messaging.Amqp;

namespace IotHubDsr.Benchmarks.Sandboxes;

/// <summary>A sandbox in another process, and the ways into it: that of the product's stores, and the back door.</summary>
internal sealed class BlobSandbox : IAsyncDisposable
{
    private static readonly string[] s_frames = [AmqpFaults.Open, AmqpFaults.Attach];
    private static readonly string[] s_operations = [AmqpFaults.PutToken, "READ", "com.microsoft:peek-message"];

    private readonly WarmSandbox _process;
    private readonly HttpClient _control;

    private BlobSandbox(WarmSandbox process)
    {
        _process = process;
        IotHubSandbox sandbox = process.Connection;
        Cloud = SandboxCloud.For(sandbox);
        Access = new AzureAccess(Cloud, access =>
            Credentials.ForApplication(access, sandbox.TenantId, sandbox.ClientId, sandbox.ClientSecret)
        );
        _control = new HttpClient(Cloud.CreateHandler())
        {
            BaseAddress = new Uri("https://localhost/"),
            Timeout = TimeSpan.FromMinutes(10),
        };
        _control.DefaultRequestHeaders.Add(ControlService.KeyHeader, sandbox.ControlKey);
    }

    public Cloud Cloud { get; }

    public AzureAccess Access { get; }

    /// <summary>How a session reaches it.</summary>
    public IotHubSandbox Connection => _process.Connection;

    /// <param name="arguments">Options of the sandbox, such as <c>--scale 25</c>.</param>
    public static async Task<BlobSandbox> StartAsync(params string[] arguments) => new(await WarmSandbox.StartAsync(arguments));

    /// <summary>PowerShell that connects a session to it.</summary>
    /// <param name="parameters">Further parameters of the connection.</param>
    public string ConnectScript(string parameters = "") => _process.ConnectScript(parameters);

    /// <summary>Plants the same bytes under several names.</summary>
    public async Task PutAsync(string account, string container, string name, byte[] bytes, int copies)
    {
        using ByteArrayContent content = Content(bytes);
        content.Headers.Add("x-sandbox-copies", $"{copies}");
        await PutAsync($"{account}/{container}/{name}", content);
    }

    /// <summary>Plants the same bytes under the names; they are held once.</summary>
    public async Task PutAsync(string account, string container, IReadOnlyList<string> names, byte[] bytes)
    {
        using ByteArrayContent content = Content(bytes);
        await PutAsync($"{account}/{container}/{names[0]}", content);
        await PostAsync($"copies/{account}/{container}", new CopyRequest(names[0], [.. names.Skip(1)]));
    }

    /// <summary>Adds events of 100 devices, "gen-0" to "gen-99", to an event hub of 32 partitions.</summary>
    public Task SendEventsAsync(string space, string hub, int count) => PostAsync($"events/{space}/{hub}", new EventsRequest(count));

    /// <summary>Adds messages of so many devices, "gen-0" and on, to a queue or topic that is there.</summary>
    public Task SendMessagesAsync(string space, string path, int count, int devices) =>
        PostAsync($"messages/{space}/{path}", new MessagesRequest(count, devices));

    /// <summary>Delays requests from now on.</summary>
    public Task DelayAsync(string pathContains, TimeSpan latency) =>
        PostAsync(
            "faults",
            new FaultRule
            {
                Service = "blob",
                PathContains = pathContains,
                Times = int.MaxValue,
                LatencyMilliseconds = (int)latency.TotalMilliseconds,
            }
        );

    /// <summary>Delays every request from now on, and of AMQP the steps of a connection and what is asked for on it.</summary>
    public async Task DelayAllAsync(TimeSpan latency)
    {
        int milliseconds = (int)latency.TotalMilliseconds;
        await PostAsync("faults", new FaultRule { Times = int.MaxValue, LatencyMilliseconds = milliseconds });
        AmqpFaultRule[] slow =
        [
            .. s_frames.Select(static frame => new AmqpFaultRule { Frame = frame }),
            .. s_operations.Select(static operation => new AmqpFaultRule { Operation = operation }),
        ];
        foreach (AmqpFaultRule rule in slow)
            await PostAsync("amqp-faults", rule with { Times = int.MaxValue, LatencyMilliseconds = milliseconds });
    }

    /// <summary>Forgets all requests so far.</summary>
    public async Task ClearLogAsync() => (await _control.DeleteAsync(At("log"))).EnsureSuccessStatusCode();

    /// <summary>All requests to the simulated services, in order.</summary>
    public async Task<IReadOnlyList<LoggedRequest>> LogAsync() =>
        await _control.GetFromJsonAsync(At("log"), SandboxJson.Default.IReadOnlyListLoggedRequest) ?? [];

    /// <summary>Bytes in the bodies of all requests that change anything.</summary>
    public async Task<long> BytesUploadedAsync() => (await LogAsync()).Where(request => request.Mutating).Sum(request => request.BytesIn);

    /// <summary>What the hub has let through since the start, by the kind of operation; a bulk call counts its devices.</summary>
    public async Task<IReadOnlyDictionary<string, long>> HubOperationsAsync() =>
        (await _control.GetFromJsonAsync(At("hub"), SandboxJson.Default.HubState))!.Operations;

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        Access.Dispose();
        await _process.DisposeAsync();
    }

    private static Uri At(string path) => new($"sandbox/{path}", UriKind.Relative);

    private static ByteArrayContent Content(byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.Add("x-sandbox-last-modified", "2026-01-05T08:00:00Z");
        return content;
    }

    private async Task PutAsync(string blob, HttpContent content)
    {
        using HttpResponseMessage response = await _control.PutAsync(At($"blobs/{blob}"), content);
        response.EnsureSuccessStatusCode();
    }

    private async Task PostAsync<T>(string path, T request)
    {
        using HttpResponseMessage response = await _control.PostAsJsonAsync(At(path), request, SandboxJson.Default.Options);
        response.EnsureSuccessStatusCode();
    }
}
