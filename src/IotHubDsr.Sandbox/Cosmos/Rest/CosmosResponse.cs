using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Cosmos.Rest;

/// <summary>The outcome of an operation, to be sent after its lock is released.</summary>
internal sealed class CosmosResponse(int status, ReadOnlyMemory<byte> body = default)
{
    private static readonly JsonWriterOptions s_unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly List<KeyValuePair<string, string>> _headers = [];

    public int Status => status;

    public ReadOnlyMemory<byte> Body => body;

    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers;

    public static CosmosResponse Json(int status, JsonNode body) => Write(status, writer => body.WriteTo(writer));

    public static CosmosResponse Write(int status, Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, s_unescaped))
            write(writer);

        return new(status, bytes.WrittenMemory);
    }

    public CosmosResponse With(string name, string? value)
    {
        if (value is not null)
            _headers.Add(new(name, value));

        return this;
    }

    /// <summary>Request units: what the operation costs.</summary>
    public CosmosResponse WithCharge(double units) => With("x-ms-request-charge", units.ToString("0.##", CultureInfo.InvariantCulture));

    /// <summary>How far the partition has come, by which a client reads its own writes.</summary>
    public CosmosResponse WithSession(CosmosContainer container, string range) =>
        With("x-ms-session-token", string.Create(CultureInfo.InvariantCulture, $"{range}:-1#{container.SequenceNumber}"))
            .With("lsn", container.SequenceNumber.ToString(CultureInfo.InvariantCulture))
            .With("x-ms-alt-content-path", $"dbs/{container.Database.Name}/colls/{container.Name}")
            .With("x-ms-content-path", container.Rid);
}
