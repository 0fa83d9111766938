using System.Globalization;
using System.Management.Automation;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IotHubDsr.Module.Tests;

/// <summary>What a test sees and does behind the back of the simulated Azure.</summary>
internal sealed class SandboxControl : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly HttpClient _client;

    public SandboxControl(PSObject sandbox)
    {
        Source = sandbox;
        int port = sandbox.Value<int>("Port");
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(sandbox.Text("CaCertificate")));
        _client = new HttpClient(
            new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
                ConnectCallback = async (_, cancellationToken) =>
                {
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        )
        {
            BaseAddress = sandbox.Value<Uri>("ControlUri"),
        };
        _client.DefaultRequestHeaders.Add("x-sandbox-key", sandbox.Text("ControlKey"));
    }

    /// <summary>The object that Start-IotHubSandbox returned.</summary>
    public PSObject Source { get; }

    /// <summary>What the world held when it was made.</summary>
    public WorldTruth World => Get<WorldTruth>("world");

    /// <summary>Every request since the log was last cleared.</summary>
    public IReadOnlyList<LoggedRequest> Log => Get<List<LoggedRequest>>("log");

    /// <summary>The faults that have not happened yet.</summary>
    public int PendingFaults => Get<List<JsonElement>>("faults").Count;

    public void ClearLog() => Send(HttpMethod.Delete, "log").Dispose();

    /// <param name="rule">The fault, with the names of the control interface: service, host, method, pathContains, skip, times, status,
    /// …</param>
    public void AddFault(object rule) => Post("faults", rule);

    public void ClearFaults() => Send(HttpMethod.Delete, "faults").Dispose();

    /// <param name="rules">Rights to take away, all others are given back: <c>blob:account/container</c>, <c>hub:RegistryRead</c>,
    /// <c>arm:id</c>.</param>
    public void Deny(params string[] rules) => Post("access", new { deny = rules });

    /// <summary>Leaves the application only what roles allow, each of which it has in the whole subscription.</summary>
    /// <param name="files">Role definitions.</param>
    public void AssignRoles(IEnumerable<string> files)
    {
        string subscription = string.Join('/', Source.Text("ResourceId").Split('/')[..3]);
        Post(
            "roles",
            new
            {
                assignments = files.Select(file => new { scope = subscription, role = JsonNode.Parse(System.IO.File.ReadAllText(file)) }),
            }
        );
    }

    public void SetTokenLifetime(TimeSpan lifetime) => Post("tokens", new { lifetimeSeconds = lifetime.TotalSeconds });

    public void ScaleHub(string sku, int units) => Post("hub", new { sku, units });

    /// <summary>Moves the time of the world; what the hub writes in the meantime is written.</summary>
    public DateTimeOffset Advance(TimeSpan time)
    {
        using HttpResponseMessage response = Send(HttpMethod.Post, "clock", JsonContent.Create(new { advanceSeconds = time.TotalSeconds }));
        return Read<JsonElement>(response).GetProperty("now").GetDateTimeOffset();
    }

    public IReadOnlyList<ListedBlob> Blobs(string account, string container) => Get<List<ListedBlob>>($"blobs/{account}/{container}");

    public byte[] ReadBlob(string account, string container, string name)
    {
        using HttpResponseMessage response = Send(HttpMethod.Get, BlobPath(account, container, name));
        using var content = new MemoryStream();
        response.Content.ReadAsStream().CopyTo(content);
        return content.ToArray();
    }

    public void WriteBlob(string account, string container, string name, byte[] content, string contentType = "application/octet-stream")
    {
        var body = new ByteArrayContent(content);
        body.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        Send(HttpMethod.Put, BlobPath(account, container, name), body).Dispose();
    }

    public void DeleteBlob(string account, string container, string name) =>
        Send(HttpMethod.Delete, BlobPath(account, container, name)).Dispose();

    public void Dispose() => _client.Dispose();

    private static string BlobPath(string account, string container, string name) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"blobs/{account}/{container}/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}"
        );

    private static T Read<T>(HttpResponseMessage response) => JsonSerializer.Deserialize<T>(response.Content.ReadAsStream(), Json)!;

    private T Get<T>(string path)
    {
        using HttpResponseMessage response = Send(HttpMethod.Get, path);
        return Read<T>(response);
    }

    private void Post(string path, object body) =>
        Send(HttpMethod.Post, path, JsonContent.Create(body, body.GetType(), options: Json)).Dispose();

    private HttpResponseMessage Send(HttpMethod method, string path, HttpContent? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        HttpResponseMessage response = _client.Send(request);
        if (!response.IsSuccessStatusCode)
            Assert.Fail($"{method} {path}: {(int)response.StatusCode} {new StreamReader(response.Content.ReadAsStream()).ReadToEnd()}");
        return response;
    }
}

/// <summary>A request to the simulated Azure.</summary>
internal sealed record LoggedRequest(
    long Sequence,
    string Service,
    string Method,
    string Host,
    string Target,
    int Status,
    bool Mutating,
    long BytesIn,
    long BytesOut
)
{
    /// <summary>Whether it lists the blobs of a container, from the beginning.</summary>
    public bool BeginsListing =>
        Service == "blob"
        && Method == "GET"
        && Target.Contains("comp=list", StringComparison.Ordinal)
        && Target.Contains("restype=container", StringComparison.Ordinal)
        && !Target.Contains("marker=", StringComparison.Ordinal);
}

/// <summary>What the world held when it was made.</summary>
internal sealed record WorldTruth(IReadOnlyList<string> Devices, IReadOnlyList<ContainerTruth> Containers, IReadOnlyList<string> Uploads);

/// <summary>The records of each device in a routed container.</summary>
internal sealed record ContainerTruth(
    string Endpoint,
    string Account,
    string Container,
    string Encoding,
    int Blobs,
    IReadOnlyDictionary<string, DeviceTruth> Records
)
{
    public string Place => $"{Account}/{Container}";

    public DeviceTruth Of(string deviceId) => Records.GetValueOrDefault(deviceId) ?? new DeviceTruth(0, 0, 0);
}

/// <summary>Records sent by the device, sent by a gateway in its name, and (of both kinds) in copies that are no longer current.</summary>
internal sealed record DeviceTruth(int Direct, int Attributed, int Retained);

/// <summary>A name in a container; digest and ETag are null when only old copies are left.</summary>
internal sealed record ListedBlob(string Name, long Length, string? Sha256, string? Etag, int Versions);
