using System.Buffers;
using System.Text.Json;

namespace IotHubDsr.Core.Sinks.Registry;

/// <summary>
/// The documents of a device as its subject gets them: as the hub holds them, without what would let a reader of the export act as the
/// device.
/// </summary>
internal sealed class DeviceRecordDocument(string deviceId) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly Utf8JsonWriter _writer = new(Stream.Null);
    private readonly CredentialFilter _filter = new(CredentialFilter.OfIdentities, kept: []);

    /// <summary>Whether credentials were left out.</summary>
    public bool HasLeftOut => _filter.HasLeftOut;

    /// <summary>The record of an identity, valid until the next one.</summary>
    public ReadOnlyMemory<byte> Identity(string? moduleId, JsonElement identity) => Write(moduleId, "identity", identity, isWhole: false);

    /// <summary>The record of a twin, valid until the next one. What stands in a twin is the subject's, whatever it is called.</summary>
    public ReadOnlyMemory<byte> Twin(string? moduleId, JsonElement twin) => Write(moduleId, "twin", twin, isWhole: true);

    public void Dispose() => _writer.Dispose();

    private ReadOnlyMemory<byte> Write(string? moduleId, string name, JsonElement value, bool isWhole)
    {
        _line.ResetWrittenCount();
        _writer.Reset(_line);
        _writer.WriteStartObject();
        _writer.WriteString("deviceId"u8, deviceId);
        if (moduleId is not null)
            _writer.WriteString("moduleId"u8, moduleId);
        _writer.WritePropertyName(name);
        _filter.Copy(_writer, value, isWhole);
        _writer.WriteEndObject();
        _writer.Flush();
        return _line.WrittenMemory;
    }
}
