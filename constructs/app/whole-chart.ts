import { ApiObject, Chart } from 'cdk8s';

/** A chart that lists all of its objects as `apiObjects`, where cdk8s leaves out those that a component holds. */
export class WholeChart extends Chart {
  override get apiObjects(): ApiObject[] {
    return this.node
      .findAll()
      .filter(ApiObject.isApiObject)
      .filter(({ chart }) => chart === this);
  }
}
