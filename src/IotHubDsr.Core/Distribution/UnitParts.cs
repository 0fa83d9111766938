using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Distribution;

/// <summary>The parts of a work, beside its units in the request store.</summary>
/// <param name="files">The files of the work.</param>
/// <param name="unit">The unit that is done; null for the command, which only reads.</param>
internal sealed class UnitParts(UnitFiles files, string? unit = null) : IUnitParts
{
    public Task<UnitPart> SaveAsync(Stream content, CancellationToken cancellationToken) =>
        files.SavePartAsync(unit ?? throw new InvalidOperationException("Only units save parts."), content, cancellationToken);

    public Task<Stream> OpenAsync(UnitPart part, CancellationToken cancellationToken) => files.OpenPartAsync(part, cancellationToken);
}
