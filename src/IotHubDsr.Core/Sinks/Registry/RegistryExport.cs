using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Sinks.Registry;

/// <summary>
/// The files of an export of the registry: identities and twins, each document a record, without what would let a reader of the export
/// act as the device.
/// </summary>
internal sealed class RegistryExport(SinkCall call, IExportTarget target) : IAsyncDisposable
{
    private const string CredentialsLeftOut = "Keys are credentials, not data about the device, and are left out.";

    private IRecordFile? _identities;
    private IRecordFile? _twins;

    public async Task<ExportCompleteness> WriteAsync(DeviceRecord record, CancellationToken cancellationToken)
    {
        string deviceId = record.Identity.DeviceId;
        _identities ??= await target.OpenRecordsAsync("identities", RegistryRecords.Identity, cancellationToken);
        using var document = new DeviceRecordDocument(deviceId);
        _identities.Write(document.Identity(moduleId: null, record.Identity.Json));
        await WriteAsync(document, moduleId: null, record.Twin, cancellationToken);
        foreach (ModuleRecord module in record.Modules)
        {
            _identities.Write(document.Identity(module.Identity.ModuleId, module.Identity.Json));
            await WriteAsync(document, module.Identity.ModuleId, module.Twin, cancellationToken);
        }

        return PerDevice.Line(call, deviceId, Verdict.Present) with
        {
            Found = record.Items.Count,
            Included = record.Items.Count,
            Ground = document.HasLeftOut ? CredentialsLeftOut : null,
        };
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_identities is not null)
                await _identities.DisposeAsync();
        }
        finally
        {
            if (_twins is not null)
                await _twins.DisposeAsync();
        }
    }

    private async Task WriteAsync(DeviceRecordDocument document, string? moduleId, Twin? twin, CancellationToken cancellationToken)
    {
        if (twin is null)
            return;
        _twins ??= await target.OpenRecordsAsync("twins", RegistryRecords.Twin, cancellationToken);
        _twins.Write(document.Twin(moduleId, twin.Json));
    }
}
