using System.Buffers;
using System.Text.Json;
using IotHubDsr.Core.Azure.Provisioning;

namespace IotHubDsr.Core.Sinks.ProvisioningServices;

/// <summary>Writes enrollments and registrations, without what would let a reader of the export act as the device.</summary>
internal sealed class EnrollmentExport(SinkCall call, IExportTarget target) : IAsyncDisposable
{
    private const string CredentialsLeftOut =
        "Keys and addresses that hold them are credentials, not data about the device, and are left out.";

    private static readonly string[] Credentials =
    [
        "symmetricKey",
        "primaryKey",
        "secondaryKey",
        "endorsementKey",
        "storageRootKey",
        "webhookUrl",
        "connectionString",
        "sharedAccessKey",
        "sharedAccessSignature",
        "sasToken",
    ];

    /// <summary>What operators, applications and the device wrote is the subject's, whatever it is called.</summary>
    private static readonly string[] Whole = ["initialTwin", "optionalDeviceInformation", "payload"];

    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly Utf8JsonWriter _writer = new(Stream.Null);
    private IRecordFile? _enrollments;
    private IRecordFile? _registrations;

    public async Task<ExportCompleteness> WriteAsync(
        string deviceId,
        DeviceEnrollments held,
        DeviceDataFinding finding,
        CancellationToken cancellationToken
    )
    {
        var filter = new CredentialFilter(Credentials, Whole);
        foreach (Enrollment enrollment in held.Enrollments)
        {
            _enrollments ??= await target.OpenRecordsAsync(
                EnrollmentRecords.EnrollmentFile,
                EnrollmentRecords.Enrollment,
                cancellationToken
            );
            _enrollments.Write(LineOf(filter, deviceId, group: null, "enrollment", enrollment.Json));
        }

        foreach ((Registration registration, string? group) in held.Registrations)
        {
            _registrations ??= await target.OpenRecordsAsync(
                EnrollmentRecords.RegistrationFile,
                EnrollmentRecords.Registration,
                cancellationToken
            );
            _registrations.Write(LineOf(filter, deviceId, group, "registration", registration.Json));
        }

        int withheld = held.Open + held.Shared;
        string? leftOut = filter.HasLeftOut ? CredentialsLeftOut : null;
        return PerDevice.Line(call, deviceId, finding.Verdict) with
        {
            Found = finding.RecordCount + withheld,
            Included = finding.RecordCount,
            Withheld = withheld,
            Ground = leftOut is null || finding.Detail is null ? leftOut ?? finding.Detail : $"{leftOut} {finding.Detail}",
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        try
        {
            if (_enrollments is not null)
                await _enrollments.DisposeAsync();
        }
        finally
        {
            if (_registrations is not null)
                await _registrations.DisposeAsync();
        }
    }

    private ReadOnlyMemory<byte> LineOf(CredentialFilter filter, string deviceId, string? group, string name, JsonElement document)
    {
        _line.ResetWrittenCount();
        _writer.Reset(_line);
        _writer.WriteStartObject();
        _writer.WriteString("deviceId"u8, deviceId);
        if (group is not null)
            _writer.WriteString("enrollmentGroupId"u8, group);
        _writer.WritePropertyName(name);
        filter.Copy(_writer, document, isWhole: false);
        _writer.WriteEndObject();
        _writer.Flush();
        return _line.WrittenMemory;
    }
}
