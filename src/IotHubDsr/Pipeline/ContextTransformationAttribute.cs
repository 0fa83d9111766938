using System.Management.Automation;

namespace IotHubDsr.Pipeline;

/// <summary>
/// Takes connections and nothing else. Without it PowerShell would make one from the properties of any object, or from one that was stored,
/// whose connection is gone.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ContextTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if (inputData is DsrContext or PSObject { BaseObject: DsrContext })
            return inputData;
        const string message =
            "Pass a connection that Connect-IotHubDsr returned in this process; a stored one cannot be used, connect " + "again.";

        // After a cast that failed PowerShell tries the other parameters.
        throw new ArgumentTransformationMetadataException(message, new PSInvalidCastException(message));
    }
}
