// Workers for footprints and plans with -Distributed, as a job of Azure Container Apps: as many as the parameter says, each of which ends
// when nothing is left to do. The image is PowerShell 7.4 or later with the module in a folder of its module path:
//
//   FROM mcr.microsoft.com/powershell:7.4-ubuntu-22.04
//   COPY IotHubDsr /usr/local/share/powershell/Modules/IotHubDsr
//
//   az deployment group create --resource-group rg-dsr --template-file container-job.bicep --parameters \
//     image=contoso.azurecr.io/iothubdsr:1 storageAccountName=contosoevidence containerName=data-requests
//   az containerapp job start --resource-group rg-dsr --name iothubdsr-workers

@description('Image with PowerShell and the module.')
param image string

@description('Storage account of the request store; its queues and tables carry the parts.')
param storageAccountName string

@description('Container of the requests.')
param containerName string

@description('How many workers.')
@minValue(1)
@maxValue(1000)
param workers int = 8

@description('How many blobs a worker reads at once.')
@minValue(1)
@maxValue(64)
param throttleLimit int = 8

@description('Seconds after which a worker is ended at the latest. What it has begun then is taken over by another one.')
param timeoutSeconds int = 86400

param location string = resourceGroup().location

var roles = {
  blobs: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe' // Storage Blob Data Contributor
  queues: '974c5e8b-45b9-4653-ba55-5f855dd0fb88' // Storage Queue Data Contributor
  tables: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' // Storage Table Data Contributor
}
var store = 'https://${storageAccountName}.blob.${environment().suffixes.storage}/${containerName}'

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageAccountName
}

// The archives may be in other accounts: give the identity Storage Blob Data Reader there.
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'iothubdsr-workers'
  location: location
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in items(roles): {
  name: guid(account.id, identity.id, role.value)
  scope: account
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.value)
  }
}]

resource apps 'Microsoft.App/managedEnvironments@2024-03-01' = {
  name: 'iothubdsr'
  location: location
  properties: {}
}

resource job 'Microsoft.App/jobs@2024-03-01' = {
  name: 'iothubdsr-workers'
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    environmentId: apps.id
    configuration: {
      triggerType: 'Manual'
      replicaTimeout: timeoutSeconds
      replicaRetryLimit: 1
      manualTriggerConfig: {
        parallelism: workers
        replicaCompletionCount: workers
      }
    }
    template: {
      containers: [
        {
          name: 'worker'
          image: image
          command: [
            'pwsh'
            '-NoProfile'
            '-Command'
            '$ErrorActionPreference = "Stop"; Start-IotDsrWorker ${store} -ClientId ${identity.properties.clientId} -ThrottleLimit ${throttleLimit}'
          ]
          resources: {
            cpu: json('1.0')
            memory: '2Gi'
          }
        }
      ]
    }
  }
  dependsOn: [
    assignments
  ]
}
