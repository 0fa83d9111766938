using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.Registry;

/// <summary>The records of an export of the registry: one for each document that the registry holds.</summary>
internal static class RegistryRecords
{
    private const string Registry = "the registry of the IoT hub, as the service gave it";

    private static readonly RecordField Module = new(
        "moduleId",
        FieldType.Text,
        "ID of the module within the device; absent if the document is the device's own.",
        "this export"
    );

    private static readonly RecordField[] Shared =
    [
        new("deviceId", FieldType.Text, "ID of the device."),
        new("moduleId", FieldType.Text, "ID of the module."),
        new("etag", FieldType.Text, "Version tag of the document; it changes with each update."),
        new("status", FieldType.Text, "Whether the device may connect: enabled or disabled."),
        new("statusReason", FieldType.Text, "Why it is enabled or disabled, as an operator wrote it."),
        new("connectionState", FieldType.Text, "Last known connection state."),
        new("lastActivityTime", FieldType.Time, "When it last connected or sent something; the year 1 means never."),
        new("cloudToDeviceMessageCount", FieldType.Integer, "Messages that wait in the hub for the device.") { Unit = "messages" },
        new("capabilities", FieldType.Object, "Its capabilities; iotEdge says whether it is an IoT Edge device."),
        new("deviceScope", FieldType.Text, "The family of devices behind a gateway that it belongs to."),
        new("parentScopes", FieldType.List, "The gateways that it connects through."),
    ];

    public static RecordKind Identity { get; } =
        new(
            "registry-identity",
            "The identity of a device, or of a module of it, in the hub's registry. Keys are left out: they are credentials.",
            [
                RecordKind.DeviceId,
                Module,
                new("identity", FieldType.Object, "The identity.", Registry)
                {
                    IsRequired = true,
                    Fields =
                    [
                        .. Shared,
                        new("generationId", FieldType.Text, "Distinguishes devices that had the same ID one after the other."),
                        new(
                            "connectionStateUpdatedTime",
                            FieldType.Time,
                            "When the connection state last changed; the year 1 means never."
                        ),
                        new("statusUpdatedTime", FieldType.Time, "When it was last enabled or disabled; the year 1 means never."),
                        new("authentication", FieldType.Object, "How it authenticates, without keys."),
                        new("managedBy", FieldType.Text, "Who manages the module."),
                    ],
                },
            ]
        );

    public static RecordKind Twin { get; } =
        new(
            "registry-twin",
            "The twin of a device, or of a module of it: tags set by operators, desired properties set for it, and properties that it "
                + "reported.",
            [
                RecordKind.DeviceId,
                Module,
                new("twin", FieldType.Object, "The twin.", Registry)
                {
                    IsRequired = true,
                    Fields =
                    [
                        .. Shared,
                        new("deviceEtag", FieldType.Text, "Version tag of the identity that belongs to the twin."),
                        new("statusUpdateTime", FieldType.Time, "When it was last enabled or disabled; the year 1 means never."),
                        new("authenticationType", FieldType.Text, "How it authenticates."),
                        new("x509Thumbprint", FieldType.Object, "Thumbprints of its certificates."),
                        new("modelId", FieldType.Text, "The IoT Plug and Play model that it declares."),
                        new("version", FieldType.Integer, "How often the twin was changed."),
                        new("tags", FieldType.Object, "Tags that operators and applications set for the device."),
                        new("properties", FieldType.Object, "Desired and reported properties.")
                        {
                            Fields =
                            [
                                new("desired", FieldType.Object, "Desired properties of the device, and when they were set."),
                                new("reported", FieldType.Object, "Properties that the device reported, and when."),
                            ],
                        },
                    ],
                },
            ]
        );
}
