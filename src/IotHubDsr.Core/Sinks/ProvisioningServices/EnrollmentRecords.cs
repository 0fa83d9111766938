using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.ProvisioningServices;

/// <summary>The records of an export of a provisioning service.</summary>
internal static class EnrollmentRecords
{
    public const string EnrollmentFile = "enrollments";
    public const string RegistrationFile = "registrations";

    private const string Service = "the Device Provisioning Service, as it gave it";

    private static readonly RecordField[] Shared =
    [
        new("registrationId", FieldType.Text, "The ID under which the device comes to the service."),
        new("deviceId", FieldType.Text, "ID of the device in the hub; absent if it is the registration ID."),
        new("createdDateTimeUtc", FieldType.Time, "When the record was made."),
        new("lastUpdatedDateTimeUtc", FieldType.Time, "When it was changed last."),
        new("etag", FieldType.Text, "Version tag of the record."),
    ];

    public static RecordKind Enrollment { get; } =
        new(
            "provisioning-enrollment",
            "The enrollment of a device: what it is made of when it registers. Keys are left out: they are credentials.",
            [
                RecordKind.DeviceId,
                new("enrollment", FieldType.Object, "The enrollment.", Service)
                {
                    IsRequired = true,
                    Fields =
                    [
                        .. Shared,
                        new("provisioningStatus", FieldType.Text, "Whether the device may register: enabled or disabled."),
                        new("attestation", FieldType.Object, "How the device proves who it is, without keys."),
                        new("iotHubHostName", FieldType.Text, "The hub that it leads to."),
                        new("iotHubs", FieldType.List, "The hubs that it may lead to."),
                        new("initialTwin", FieldType.Object, "Tags and desired properties that the device begins with."),
                        new("optionalDeviceInformation", FieldType.Object, "What an operator noted about the device."),
                        new("registrationState", FieldType.Object, "The device's registration."),
                    ],
                },
            ]
        );

    public static RecordKind Registration { get; } =
        new(
            "provisioning-registration",
            "The registration of a device with a Device Provisioning Service.",
            [
                RecordKind.DeviceId,
                new("enrollmentGroupId", FieldType.Text, "The group that let the device in; absent for an enrollment of its own.", Service),
                new("registration", FieldType.Object, "The registration.", Service)
                {
                    IsRequired = true,
                    Fields =
                    [
                        .. Shared,
                        new("assignedHub", FieldType.Text, "Host name of the hub that the device was assigned to."),
                        new("status", FieldType.Text, "How far the registration is."),
                        new("substatus", FieldType.Text, "How it was assigned."),
                        new("errorMessage", FieldType.Text, "Why it failed, if it did."),
                        new("payload", FieldType.Any, "What an allocation function returned for the device."),
                    ],
                },
            ]
        );
}
