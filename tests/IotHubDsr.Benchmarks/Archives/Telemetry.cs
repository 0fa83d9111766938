using System.Buffers;
using System.Globalization;
using System.Text;
using IotHubDsr.Core.Archives.Avro;

namespace IotHubDsr.Benchmarks.Archives;

/// <summary>
/// Routed telemetry as IoT Hub writes it: one blob mixes the messages of many devices.
/// </summary>
/// <param name="seed">Same seed, same messages.</param>
/// <param name="senderOf">Who sends a message, by its number; null for any of 5,000 devices out of a fleet whose IDs look alike.</param>
internal sealed class Telemetry(int seed, Func<int, Sender>? senderOf = null)
{
    public const int Devices = 5_000;

    private const string AuthMethod = """{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}""";

    private readonly Random _random = new(seed);
    private int _messages;
    private DateTime _time = new(2026, 3, 1, 10, 0, 0, DateTimeKind.Utc);

    /// <summary>A device that has messages in every file.</summary>
    public static string OneDevice => IdOf(4_217 % Devices);

    /// <summary>That device and others of the fleet, which have none in the files.</summary>
    public static IEnumerable<string> ManyDevices(int count) => Enumerable.Range(Devices, count - 1).Select(IdOf).Prepend(OneDevice);

    public static string Schema =>
        """
            {"type":"record","name":"Message","namespace":"Microsoft.Azure.Devices","fields":[{"name":"EnqueuedTimeUtc","type":"string"},
            {"name":"Properties","type":{"type":"map","values":"string"}},{"name":"SystemProperties","type":{"type":"map","values":"string"}},
            {"name":"Body","type":["null","bytes"]}]}
            """;

    public void WriteAvro(IBufferWriter<byte> records)
    {
        Next(out Sender sender, out string time, out string body, out bool alert);
        WriteText(records, time);
        WriteLong(records, 1);
        WriteText(records, "temperatureAlert");
        WriteText(records, alert ? "true" : "false");
        WriteLong(records, 0);
        WriteLong(records, 6);
        foreach ((string key, string value) in SystemProperties(sender, time))
        {
            WriteText(records, key);
            WriteText(records, value);
        }

        WriteLong(records, 0);
        WriteLong(records, 1);
        WriteText(records, body);
    }

    public void WriteJsonLine(IBufferWriter<byte> lines)
    {
        Next(out Sender sender, out string time, out string body, out bool alert);
        string system = string.Join(",", SystemProperties(sender, time).Select(p => $"{Quoted(p.Key)}:{Quoted(p.Value)}"));
        WriteUtf8(
            lines,
            $$"""{"EnqueuedTimeUtc":"{{time}}","Properties":{"temperatureAlert":"{{(alert ? "true" : "false")}}"},"""
                + $$"""
                "SystemProperties":{{{system}}},"Body":{{body}}}
                """
        );
        lines.Write("\n"u8);
    }

    public static void WriteLong(IBufferWriter<byte> to, long value) =>
        to.Advance(AvroVarint.Write(value, to.GetSpan(AvroVarint.MaxLength)));

    public static void WriteText(IBufferWriter<byte> to, string text)
    {
        WriteLong(to, Encoding.UTF8.GetByteCount(text));
        WriteUtf8(to, text);
    }

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static void WriteUtf8(IBufferWriter<byte> to, string text) =>
        to.Advance(Encoding.UTF8.GetBytes(text, to.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));

    public static string IdOf(int device) => $"th-{device:d6}";

    private static (string Key, string Value)[] SystemProperties(Sender sender, string time) =>
        [
            ("connectionDeviceId", sender.DeviceId),
            ("connectionAuthMethod", AuthMethod),
            ("connectionDeviceGenerationId", sender.GenerationId),
            ("contentType", "application/json"),
            ("contentEncoding", "utf-8"),
            ("enqueuedTime", time),
        ];

    private void Next(out Sender sender, out string time, out string body, out bool alert)
    {
        _time = _time.AddTicks(_random.Next(50_000));
        sender = senderOf is null ? Sender.Of(IdOf(_random.Next(Devices))) : senderOf(_messages++);
        time = _time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        alert = _random.Next(20) == 0;
        body = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"temperature":{{15 + (_random.NextDouble() * 15):F2}},"humidity":{{_random.Next(20, 90)}},"battery":{{_random.Next(1, 101)}},
            """
        );
        body += string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            "pressure":{{980 + (_random.NextDouble() * 50):F1}},"seq":{{_random.Next(1_000_000)}}}
            """
        );
    }
}

/// <summary>The device that a message is of.</summary>
internal readonly record struct Sender(string DeviceId, string GenerationId)
{
    /// <summary>A device of the fleet, whose generation ID follows from its number.</summary>
    public static Sender Of(string fleetId) => new(fleetId, $"6371{fleetId[3..]}82041937");
}
