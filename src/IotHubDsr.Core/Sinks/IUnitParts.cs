namespace IotHubDsr.Core.Sinks;

/// <summary>Keeps what a unit of an export shows where that is too much to hand back: the process that opened the work reads it later.</summary>
internal interface IUnitParts
{
    /// <summary>Saves what a unit shows.</summary>
    /// <param name="content">It is read once, to its end.</param>
    /// <param name="cancellationToken">Ends it; nothing is saved then.</param>
    /// <returns>By what it is found again.</returns>
    Task<UnitPart> SaveAsync(Stream content, CancellationToken cancellationToken);

    /// <summary>Opens what was saved; the stream throws at its end when that is not what was saved.</summary>
    /// <exception cref="DsrException">It is not there.</exception>
    Task<Stream> OpenAsync(UnitPart part, CancellationToken cancellationToken);
}

/// <summary>What a unit has saved.</summary>
/// <param name="Name">A name among the parts of the same work.</param>
/// <param name="Digest">Digest of the content.</param>
internal sealed record UnitPart(string Name, string Digest);
