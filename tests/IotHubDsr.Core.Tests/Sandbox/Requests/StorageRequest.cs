namespace IotHubDsr.Core.Tests.Sandbox.Requests;

/// <summary>A request to storage as it goes over the wire, and the answer that Microsoft documents.</summary>
/// <param name="Name">What it asks for; unique.</param>
/// <param name="Line">Method, path below the account ({c} is the container of the run) and query, without authorization.</param>
/// <param name="Answer">Status and error code.</param>
internal sealed record StorageRequest(string Name, string Line, string Answer)
{
    /// <summary>Header lines; {source} in them is the address of the blob "source", with authority to read it.</summary>
    public string[] Headers { get; init; } = [];

    public string? Body { get; init; }

    /// <summary>Without x-ms-version, which all others have.</summary>
    public bool IsUnversioned { get; init; }

    /// <summary>Without a signature, which all others have.</summary>
    public bool IsUnsigned { get; init; }
}

/// <summary>A request that the sandbox and Azurite do not answer alike.</summary>
/// <param name="Request">The name of the request.</param>
/// <param name="Azurite">What Azurite answers.</param>
/// <param name="Right">Who is right, and where Microsoft says so.</param>
internal sealed record StorageDifference(string Request, string Azurite, string Right);
