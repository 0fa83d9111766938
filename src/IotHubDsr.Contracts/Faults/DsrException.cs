using System.Diagnostics.CodeAnalysis;

namespace IotHubDsr;

/// <summary>A failure after which the operation cannot continue.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "It always carries a catalogued fault.")]
public sealed class DsrException : Exception
{
    /// <summary>Wraps a catalogued failure.</summary>
    /// <param name="fault">The failure.</param>
    /// <param name="innerException">The cause; it never crosses into PowerShell's streams with a secret in it.</param>
    public DsrException(Fault fault, Exception? innerException = null)
        : base(fault.Message, innerException) => Fault = fault;

    /// <summary>The catalogued failure.</summary>
    public Fault Fault { get; }
}
