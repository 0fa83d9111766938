using System.Management.Automation;
using IotHubDsr.Completion;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Commands;

/// <summary>Copies the data that every location holds about devices into one package.</summary>
[Cmdlet(VerbsData.Export, "IotDeviceData", DefaultParameterSetName = "DeviceId", SupportsShouldProcess = true)]
[OutputType(typeof(DataExport))]
public sealed class ExportIotDeviceDataCommand : ScopedDeviceCommand
{
    private string _path = string.Empty;

    /// <summary>Folder or zip file to make; it must not exist.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>Writes one zip file instead of a folder.</summary>
    [Parameter]
    public SwitchParameter AsZip { get; set; }

    /// <summary>Certificate of the only one who can open the package; the package is an encrypted zip file.</summary>
    [Parameter]
    [ValidateNotNull]
    public X509CertificateSource? ProtectTo { get; set; }

    /// <summary>The registered request that the export answers.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RequestIdCompleter))]
    public string? RequestId { get; set; }

    /// <summary>Folder or blob container (https URI) of the requests; that of a piped request, or else that of the connection.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? RequestStore { get; set; }

    /// <summary>Who hands the data over, to be named in the package.</summary>
    [Parameter]
    [ValidateLength(1, 1000)]
    public string? SourceOrganization { get; set; }

    /// <summary>Whom the recipient can ask, to be named in the package.</summary>
    [Parameter]
    [ValidateLength(1, 1000)]
    public string? ContactName { get; set; }

    /// <summary>Includes messages that a gateway relayed for other devices.</summary>
    [Parameter]
    public SwitchParameter IncludeRelayed { get; set; }

    private protected override string? ForRequest => RequestId;

    private protected override string? InStore => RequestStore;

    private protected override bool ApproveStart()
    {
        _path = FilePath(Path);
        if (ProtectTo is not null)
            _path = WithExtension(WithExtension(_path, ".zip", unless: ".p7m"), ".p7m");
        else if (AsZip)
            _path = WithExtension(_path, ".zip");
        return ShouldProcess($"{_path}, with data of {RequireContext().HubHostName}", "Write an export package of device data");
    }

    private protected override IAsyncEnumerable<DsrEvent> Start(
        DsrContext context,
        IAsyncEnumerable<string> deviceIds,
        CancellationToken cancellationToken
    ) =>
        Engine.ExportAsync(
            new ExportOptions
            {
                Context = context,
                DeviceIds = deviceIds,
                Query = Query,
                Scope = Scope,
                ThrottleLimit = ThrottleLimit,
                Path = _path,
                AsZip = AsZip,
                ProtectTo = ProtectTo is null ? null : LoadCertificate(ProtectTo, password: null),
                RequestId = RequestId,
                Store = StorePath(RequestStore),
                SourceOrganization = SourceOrganization,
                ContactName = ContactName,
                IncludeRelayed = IncludeRelayed,
            },
            cancellationToken
        );

    /// <summary>The folder in a zip file is named like the file without its extension, so the file must have one.</summary>
    private static string WithExtension(string path, string extension, string? unless = null) =>
        path.EndsWith(extension, StringComparison.OrdinalIgnoreCase)
        || (unless is not null && path.EndsWith(unless, StringComparison.OrdinalIgnoreCase))
            ? path
            : path + extension;
}
