using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.Cosmos.Documents;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Control;

/// <summary>Documents by the back door: a test makes containers, sees, plants and removes documents past the gateway.</summary>
internal sealed class ControlDocuments(CosmosStore store)
{
    private const int MostGenerated = 1_000_000;

    private static readonly JsonWriterOptions s_unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Create(string account, string database, string container, ContainerRequest request)
    {
        var key = new PartitionKeyDefinition(request.PartitionKeyPaths);
        if (!key.IsValid)
            throw new ArgumentException("One to three paths of the partition key are needed, each with a slash before it.");

        var options = new CosmosContainerOptions(key)
        {
            DefaultTimeToLive = request.DefaultTimeToLive,
            AnalyticalTimeToLive = request.AnalyticalTimeToLive,
            UniqueKeys = request.UniqueKeys ?? [],
            RangeCount = request.Ranges,
        };
        if (!store.GetOrAddAccount(account).GetOrAddDatabase(database).TryAddContainer(container, options, out _))
            throw new ArgumentException($"There is already a container '{account}/{database}/{container}'.");
    }

    /// <summary>Changes what can change of an account; what is not named stays.</summary>
    public void Configure(string account, CosmosAccountRequest request)
    {
        CosmosAccount found = store.GetOrAddAccount(account);
        CosmosAccountOptions options = found.Options;
        found.Options = options with
        {
            ContinuousBackupDays = request.ContinuousBackupDays ?? options.ContinuousBackupDays,
            HasAnalyticalStorage = request.HasAnalyticalStorage ?? options.HasAnalyticalStorage,
            AllowsKeys = request.AllowsKeys ?? options.AllowsKeys,
        };
    }

    public Task ListAsync(HttpContext context, string account, string database, string container)
    {
        CosmosContainer found = Find(account, database, container);
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, s_unescaped))
        {
            writer.WriteStartArray();
            lock (found.Gate)
            {
                foreach (StoredDocument document in found.Documents)
                    document.Content.WriteTo(writer);
            }

            writer.WriteEndArray();
        }

        return Reply.BytesAsync(context, StatusCodes.Status200OK, "application/json; charset=utf-8", bytes.WrittenMemory);
    }

    /// <summary>Plants a document, in the place of one with the same ID and key.</summary>
    public void Put(string account, string database, string container, JsonElement document)
    {
        string id =
            document.ValueKind == JsonValueKind.Object
            && document.TryGetProperty("id", out JsonElement named)
            && named.ValueKind == JsonValueKind.String
                ? named.GetString()!
                : throw new ArgumentException("A document is an object with an 'id'.");
        CosmosContainer found = Find(account, database, container);
        lock (found.Gate)
        {
            PartitionKeyValue key = found.Options.PartitionKey.ValueIn(document);
            _ = found.TryGet(key, id, out StoredDocument? existing);
            if (found.Put(document, id, key, existing) is null)
                throw new ArgumentException("Another document has the same unique key.");
        }
    }

    /// <summary>Plants messages of devices in turn, as the hub routes them, in a container whose key is that of the hub's.</summary>
    public void Generate(string account, string database, string container, GenerateRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(request.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Count, MostGenerated);
        CosmosContainer found = Find(account, database, container);
        PartitionKeyDefinition key = found.Options.PartitionKey;
        var endpoint = new CosmosEndpoint("", account, database, container) { PartitionKeyName = key.Paths[0][1..] };
        lock (found.Gate)
        {
            for (int number = 0; number < request.Count; number++)
            {
                string device = request.Devices[number % request.Devices.Count];
                DateTimeOffset time = DateTimeOffset.FromUnixTimeSeconds(found.Now).AddSeconds(number - request.Count);
                string body = string.Create(CultureInfo.InvariantCulture, $$"""{"seq":{{number}}}""");
                var message = new RoutedMessage(time, device, "1", Encoding.UTF8.GetBytes(body)) { IsJson = true };
                string id = string.Create(CultureInfo.InvariantCulture, $"generated-{number:D7}");
                JsonElement document = RoutedDocument.Write(message, endpoint, id);
                found.Put(document, id, key.ValueIn(document), replaced: null);
            }
        }
    }

    public void Clear(string account, string database, string container)
    {
        CosmosContainer found = Find(account, database, container);
        lock (found.Gate)
            found.Documents.ToList().ForEach(found.Remove);
    }

    private CosmosContainer Find(string account, string database, string container) =>
        store.TryGetAccount(account, out CosmosAccount? inAccount)
        && inAccount.TryGetDatabase(database, out CosmosDatabase? inDatabase)
        && inDatabase.TryGetContainer(container, out CosmosContainer? found)
            ? found
            : throw new ArgumentException($"There is no container '{account}/{database}/{container}'.");
}
