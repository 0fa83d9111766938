using System.Text;
using System.Text.Json;
using CsCheck;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Messages of devices whose IDs look alike, with texts made to trip a reader that searches instead of reading.</summary>
internal static class MessageGen
{
    private static readonly string[] DeviceIds =
    [
        "dev1",
        "Dev1",
        "dev10",
        "dev",
        "1dev1",
        "dev1 ",
        "o'brien",
        "50%",
        "a:b",
        "$x\"y",
        "back\\slash",
        "a/b",
        "ümläut",
        "😀-😁",
        "gw-1",
        new string('x', 128),
    ];

    private static readonly Gen<string> DeviceId = Gen.OneOf(DeviceIds);

    private static readonly Gen<string> HostileText = Gen.Frequency(
        (3, DeviceId),
        (
            2,
            Gen.OneOf(
                "",
                "\"",
                "\\",
                "\\\"",
                "\n",
                "\r\n",
                "\t",
                "\0",
                "\u001f",
                "\u2028",
                "\ud83d\ude00",
                "null",
                "connectionDeviceId",
                "deviceId",
                "\"connectionDeviceId\":\"dev1\"",
                "{\"scope\":\"device\",\"type\":\"sas\"}",
                "Obj\u0001",
                "}]},{",
                "\\u0064ev1"
            )
        ),
        (2, Gen.Char.AlphaNumeric.Array[0, 80].Select(chars => new string(chars))),
        (1, Gen.Int[0x20, 0xD7FF].Array[0, 12].Select(points => string.Concat(points.Select(p => new Rune(p).ToString()))))
    );

    private static readonly Gen<(string, string)> AnyProperty = Gen.Select(
        Gen.Frequency((1, HostileText), (2, Gen.OneOf("DeviceId", "deviceid", "connectionDeviceId", "connectionDeviceID", "alert"))),
        HostileText
    );

    private static readonly Gen<(string, string)[]> Properties = Gen.Select(
        AnyProperty.Array[0, 4],
        Gen.Select(Gen.OneOf("deviceId", "ConnectionDeviceId"), Gen.Frequency((4, DeviceId), (1, Gen.Const("")))).Array[0, 2],
        (any, naming) => Distinct([.. any.Where(p => p.Item1 is not ("deviceId" or "ConnectionDeviceId")), .. naming])
    );

    private static readonly Gen<(string, string)[]> SystemProperties = Gen.Select(
        Gen.Select(Gen.Frequency((5, Gen.Const("connectionDeviceId")), (1, Gen.Const("iothub-connection-device-id"))), DeviceId).Array[
            0,
            2
        ],
        Gen.OneOf("application/json", "Application/JSON", "text/plain", ""),
        Gen.OneOf("utf-8", "UTF-8", "utf-16"),
        Gen.Select(Gen.OneOf("ConnectionDeviceId", "deviceId", "connectionModuleId", "messageId"), HostileText).Array[0, 3],
        (senders, type, encoding, others) =>
            Distinct([
                .. others,
                .. senders,
                ("connectionAuthMethod", "{\"scope\":\"device\",\"type\":\"sas\",\"issuer\":\"iothub\"}"),
                ("contentType", type),
                ("contentEncoding", encoding),
                ("enqueuedTime", "2026-03-01T10:00:01.5Z"),
            ])
    );

    private static readonly Gen<byte[]?> Body = Gen.Frequency(
        (1, Gen.Const((byte[]?)null)),
        (2, Gen.Byte.Array[0, 60].Select(bytes => (byte[]?)bytes)),
        (2, HostileText.Select(text => (byte[]?)JsonSerializer.SerializeToUtf8Bytes(new { deviceId = text, v = 1.5 })))
    );

    public static Gen<Message> Message { get; } =
        Gen.Select(
            Gen.Int[0, 100_000].Select(s => new DateTime(2026, 1, 1).AddSeconds(s).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'")),
            Properties,
            SystemProperties,
            Body,
            (enqueued, properties, system, body) => new Message(enqueued, properties, system, body)
        );

    public static Gen<Message[]> Messages { get; } = Message.Array[0, 40];

    public static Gen<SubjectIndex> Subjects { get; } = DeviceId.Array[1, 6].Select(ids => new SubjectIndex(ids));

    public static Gen<RecordSelection> Selection { get; } =
        Gen.Select(Subjects, Gen.Bool, (subjects, relayed) => new RecordSelection(subjects, relayed));

    private static (string, string)[] Distinct((string, string)[] properties) => [.. properties.DistinctBy(p => p.Item1)];
}
